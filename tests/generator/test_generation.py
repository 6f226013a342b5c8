"""Generation runs: same seed, same bytes; kills that lose nothing; verdicts that hold."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Manifest
from mlesmith_env.package import LEADERBOARD, MANIFEST, dump_manifest, parse_manifest, seal
from mlesmith_env.quality import read_quality
from mlesmith_env.registry import read_index
from mlesmith_generator.generation import Settings, plan
from tests.env.packages import write_houses

NAMES = ("alpha-houses", "beta-homes", "gamma-flats")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("generation")
    for number, name in enumerate(NAMES):
        write_houses(home / name, rows=300, seed=number)
    return home


def _command(home: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    environment = {**os.environ, "MLESMITH_CACHE": str(home / "cache")}
    environment.pop("MLESMITH_DATA_MIRROR", None)
    return [sys.executable, "-m", "mlesmith_env.cli", *words], environment


def _mlesmith(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command, environment = _command(home, *words)
    return subprocess.run(
        command, env=environment, cwd=home, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def first(home: Path) -> Path:
    registry = home / "first"
    done = _mlesmith(
        home, "generate", *NAMES, "--registry", str(registry), "--ideas", "2", "--json"
    )
    assert done.returncode == 0, done.stderr
    return registry


def _bytes(registry: Path) -> dict[str, bytes]:
    found = {}
    for path in registry.glob("tabular/*/*"):
        if path.name not in ("verification.json", "quality.json"):  # these tell versions and times
            found[f"{path.parent.name}/{path.name}"] = path.read_bytes()
    return found


def test_the_summary_counts_what_is_there(first: Path):
    summary = json.loads((first / "generation.json").read_text())
    assert summary["datasets"] == summary["yielding"] == 3
    assert summary["tasks"] == len(read_index(first)) >= 3
    assert summary["tasks"] <= summary["execution_passed"] <= summary["review_passed"]
    assert summary["review_passed"] <= summary["assertions_passed"] <= summary["drafts"]
    assert summary["failed"] == []


def test_evidence_belongs_to_its_task_and_is_short(first: Path):
    for entry in read_index(first):
        evidence = entry.directory / "verification.json"
        assert evidence.stat().st_size <= 20_000
        data = json.loads(evidence.read_text())
        assert data["digest"] == entry.fields["digest"]
        assert set(data["gates"]) == {"assertions", "review", "execution"}
        checks = [check for gate in data["gates"].values() for check in gate]
        assert all(check["passed"] for check in checks)
        assert (
            (entry.directory / LEADERBOARD)
            .read_text()
            .startswith(f"# digest: {entry.fields['digest']}\n")
        )


def test_quality_is_measured_at_admission_and_stands_in_the_index(first: Path):
    for entry in read_index(first):
        quality = read_quality(entry.directory, str(entry.fields["digest"]))
        assert quality is not None
        assert quality.headroom is not None
        assert quality.headroom >= 3
        assert None not in (quality.discrimination, quality.difficulty, quality.seconds)
        assert entry.fields["headroom"] == quality.headroom


def test_verify_measures_quality_anew_where_it_is_asked_to(home: Path, first: Path):
    registry = home / "remeasured"
    shutil.copytree(first, registry)
    entry = read_index(registry)[0]
    path = entry.directory / "quality.json"
    before = json.loads(path.read_text())
    path.unlink()
    assert _mlesmith(home, "verify", str(entry.directory)).returncode == 0
    assert not path.exists()
    done = _mlesmith(home, "verify", str(entry.directory), "--update-quality")
    assert done.returncode == 0, done.stdout
    after = json.loads(path.read_text())
    assert {**after, "seconds": 0} == {**before, "seconds": 0}
    assert read_index(registry)[0].fields["seconds"] == after["seconds"]


def test_killed_and_resumed_gives_the_same_bytes_as_one_go(home: Path, first: Path):
    registry = home / "killed"
    words = ["generate", *reversed(NAMES), "--registry", str(registry), "--ideas", "2"]
    command, environment = _command(home, *words, "--workers", "2")
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    ledger = registry / "generation.jsonl"
    end = time.monotonic() + 300
    while time.monotonic() < end:
        if ledger.is_file() and '"event": "task"' in ledger.read_text():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = _mlesmith(home, *words, "--resume", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    whole = json.loads((first / "generation.json").read_text())
    for count in ("datasets", "ideas", "drafts", "execution_passed", "tasks"):
        assert summary[count] == whole[count]
    assert _bytes(registry) == _bytes(first)


def test_nothing_is_done_twice_when_all_is_done(home: Path, first: Path):
    before = (first / "generation.jsonl").read_bytes()
    words = ["generate", *NAMES, "--registry", str(first), "--ideas", "2", "--resume"]
    done = _mlesmith(home, *words)
    assert done.returncode == 0
    assert "3 of 3 datasets are done" in done.stdout
    assert (first / "generation.jsonl").read_bytes() == before


def test_verify_passes_what_was_made_and_refuses_moved_anchors(home: Path, first: Path):
    entry = read_index(first)[0]
    passed = _mlesmith(home, "verify", str(entry.directory), "--json")
    assert passed.returncode == 0, passed.stdout
    (verdict,) = json.loads(passed.stdout)
    assert [gate["gate"] for gate in verdict["gates"]] == ["assertions", "review", "execution"]

    copy = home / "tampered"
    shutil.copytree(first / "sources", copy / "sources")
    folder = copy / "tabular" / entry.name
    shutil.copytree(entry.directory, folder)
    manifest = parse_manifest((folder / MANIFEST).read_text(), origin=folder)
    moved = _reseal(manifest, (folder / "description.md").read_text())
    (folder / MANIFEST).write_text(dump_manifest(moved))
    for name in (LEADERBOARD, "verification.json"):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace(manifest.digest, moved.digest))
    refused = _mlesmith(home, "verify", str(folder), "--json")
    assert refused.returncode == 1
    (verdict,) = json.loads(refused.stdout)
    codes = {defect["code"] for gate in verdict["gates"] for defect in gate["defects"]}
    assert "tampered-anchors" in codes


def _reseal(manifest: Manifest, description: str) -> Manifest:
    """Make the ceiling easier by a third of the scale, with a digest that fits."""
    private = manifest.reference.private
    easier = private.ceiling - (private.ceiling - private.floor) / 3
    anchors = private.model_copy(update={"ceiling": easier})
    reference = manifest.reference.model_copy(update={"private": anchors})
    return seal(manifest.model_copy(update={"reference": reference}), description)


def test_verify_tells_a_package_that_was_changed(home: Path, first: Path):
    copy = home / "edited"
    shutil.copytree(first, copy)
    page = next(copy.glob("tabular/*/description.md"))
    page.write_text(page.read_text() + "\nSubmit 42 everywhere.\n")
    refused = _mlesmith(home, "verify", str(page.parent), "--json")
    assert refused.returncode == 1
    (verdict,) = json.loads(refused.stdout)
    (defect,) = verdict["gates"][0]["defects"]
    assert defect["code"] == "package-invalid"
    assert "description.md" in defect["evidence"]


def test_data_that_are_not_at_hand_are_passed_over_only_when_asked(home: Path, first: Path):
    copy = home / "elsewhere"
    shutil.copytree(first, copy)
    for record in (copy / "sources").iterdir():
        record.write_text(record.read_text().replace("file://", "file:///nowhere"))
    command, environment = _command(home, "verify", str(copy))
    environment["MLESMITH_CACHE"] = str(home / "another-cache")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *words], env=environment, capture_output=True, text=True, check=False
        )

    assert run().returncode == 1
    skipped = run("--skip-unavailable")
    assert skipped.returncode == 0
    assert "skipped" in skipped.stdout


def test_two_sources_of_one_name_are_refused(tmp_path: Path):
    sources = [str(tmp_path / "a" / "houses"), str(tmp_path / "b" / "houses")]
    with pytest.raises(GenerationError, match="houses"):
        plan(sources, Settings(registry=tmp_path))


def test_datasets_of_one_subject_get_names_that_tell_them_apart(tmp_path: Path):
    sources = ["ann__diabetes", "ben__diabetes", "ann__wine"]
    for source in sources:
        (tmp_path / source).mkdir()
    jobs = plan([str(tmp_path / s) for s in sources], Settings(registry=tmp_path))
    assert [job.qualified for job in jobs] == [True, True, False]


def test_a_source_that_does_not_exist_is_an_error_of_that_source_alone(home: Path):
    registry = home / "missing"
    done = _mlesmith(
        home, "generate", "no-such-folder", NAMES[0], "--registry", str(registry), "--ideas", "1"
    )
    assert done.returncode == 1
    assert "no-such-folder: failed" in done.stdout
    assert "there is no such file or folder" in done.stdout
    assert len(read_index(registry)) == 1
