"""The command line with models: killed at any moment and resumed, nothing is paid for twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.generator.llm.provider import KEY, Provider, serving
from tests.generator.llm.working import workshop_of
from tests.players.good import Good


def _command(provider: Provider, source: Path, registry: Path, *words: str) -> list[str]:
    return [
        sys.executable, "-m", "mlesmith_env.cli", "generate", str(source), "--registry",
        str(registry), "--ideas", "1", "--planner", "llm", "--model", "played", "--base-url",
        provider.url, "--budget-tokens", "5000000", *words,
    ]  # fmt: skip


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MLESMITH_CACHE": str(home / "cache"),
        "OPENAI_API_KEY": KEY,
    }


@pytest.mark.parametrize("after", [2, 7])
def test_a_killed_run_pays_nothing_twice(after: int, tmp_path: Path):
    source, registry = workshop_of(tmp_path / "brewery"), tmp_path / "made"
    with serving(Good()) as provider:
        process = subprocess.Popen(
            _command(provider, source, registry),
            env=_environment(tmp_path),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 240
            while len(provider.requests) < after and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        before = len(provider.requests)
        assert before >= after
        done = subprocess.run(
            _command(provider, source, registry, "--resume", "--json"),
            env=_environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        bodies = [json.dumps(body, sort_keys=True) for body in provider.requests]
    summary = json.loads(done.stdout)
    assert summary["tasks"] == 1
    assert summary["failed"] == []
    # Only the answer that was on its way when the process died has to be asked for again.
    assert len(bodies) - len(set(bodies)) <= 1
    assert len(list(registry.glob("*/*-v1"))) == 1


def test_keys_stay_where_they_are(tmp_path: Path):
    source, registry = workshop_of(tmp_path / "brewery"), tmp_path / "made"
    with serving(Good()) as provider:
        done = subprocess.run(
            _command(provider, source, registry),
            env=_environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert set(provider.keys) == {f"Bearer {KEY}"}
    assert KEY not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(written) > 10
    for path in written:
        assert KEY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--planner", "psychic"], "there is no planner"),
        (["--planner", "llm", "--base-url", "http://127.0.0.1:1/v1"], "name one with --model"),
        (["--model", "some"], "--planner rules"),
        (["--planner", "llm", "--model", "some", "--role-model", "designer"], "stage=model"),
        (["--planner", "llm", "--model", "some", "--role-model", "king=some"], "no stage 'king'"),
        (["--planner", "llm", "--model", "some", "--budget-usd", "1"], "price of 'some'"),
        (["--planner", "llm", "--model", "some", "--prices", "none.yaml"], "none.yaml"),
    ],
)
def test_what_can_not_go_well_is_refused_at_once(words: list[str], told: str, tmp_path: Path):
    source = tmp_path / "data"
    source.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "mlesmith_env.cli", "generate", str(source), "--registry",
         str(tmp_path / "made"), *words],
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert told in " ".join(done.stderr.replace("│", " ").split()), done.stderr
    assert not (tmp_path / "made").exists()


def test_a_key_is_needed_for_the_provider_itself(tmp_path: Path):
    environment = _environment(tmp_path)
    del environment["OPENAI_API_KEY"]
    environment.pop("OPENAI_BASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "mlesmith_env.cli", "generate", str(tmp_path), "--registry",
         str(tmp_path / "made"), "--planner", "llm", "--model", "some"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "OPENAI_API_KEY is not set" in " ".join(done.stderr.split())
