"""The report: numbers that are those of the registry, a page that stands on its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mlesmith_env.errors import RegistryError
from mlesmith_env.package import parse_manifest
from mlesmith_env.quality import QUALITY, Quality, dump_quality
from mlesmith_generator.ledger import Ledger
from mlesmith_generator.report import render, survey_of
from mlesmith_generator.report.distribution import distribution_of
from tests.env.packages import write_task


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report") / "registry"
    for place, (slug, target, metric) in enumerate(
        [("price", "price", "rmse"), ("price-mae", "price", "mae"), ("sold", "sold", "roc_auc")]
    ):
        folder = write_task(root, slug=f"houses-{slug}", target=target, metric=metric)
        if place < 2:
            manifest = parse_manifest((folder / "task.yaml").read_text(), origin=folder)
            quality = Quality(
                digest=manifest.digest,
                headroom=4.0 + 30 * place,
                difficulty=0.2 + 0.6 * place,
                seconds=7.0,
                contaminated_by=("mle-bench:<b>houses</b>",) if place else (),
            )
            (folder / QUALITY).write_text(dump_quality(quality))
    ledger = Ledger(root, "houses")
    ledger.record("start", settings="s")
    for place, passed in enumerate(["execution", "assertions", "execution", "execution"]):
        ledger.record("idea", idea=place)
        ledger.record("draft", idea=place)
        for gate in ("assertions", "review", "execution"):
            ledger.record("gate", idea=place, round=0, gate=gate, passed=True, defects=[])
            if gate == passed and gate != "execution":
                defects = [{"code": "target-copy"}]
                told = {"gate": "review", "passed": False, "defects": defects}
                ledger.record("gate", idea=place, round=0, **told)
                break
        else:
            ledger.record("task", id=f"t{place}", seconds=10.0 * (place + 1))
    ledger.record("done", tasks=3, seconds=60.0, peak_bytes=300_000_000)
    ledger.close()
    return root


def test_the_survey_counts_what_is_there(root: Path):
    survey = survey_of([root])
    assert (survey.tasks, survey.datasets) == (3, 1)
    assert survey.objective == {"regression": 2, "binary": 1}
    assert list(survey.metric) == ["mae", "rmse", "roc_auc"]
    assert survey.licence == {"CC0-1.0": 3}
    assert survey.level == {"easy": 1, "hard": 1}
    assert (survey.headroom.count, survey.headroom.missing) == (2, 1)
    assert survey.headroom.median == 19.0
    assert survey.contaminated == {"houses-price-mae": "mle-bench:<b>houses</b>"}


def test_the_survey_counts_the_yield_of_every_gate(root: Path):
    survey = survey_of([root])
    assert {stage.name: stage.count for stage in survey.stages} == {
        "datasets": 1,
        "ideas": 4,
        "drafts": 4,
        "passed assertions": 4,
        "passed review": 3,
        "passed execution": 3,
        "tasks": 3,
    }
    assert survey.defects == {"target-copy": 1}
    (row,) = survey.modalities
    assert (row.modality, row.tasks, row.execution, row.seconds) == ("tabular", 3, 3, 30.0)
    assert row.peak_bytes == 300_000_000


def test_an_empty_registry_says_what_to_do(tmp_path: Path):
    with pytest.raises(RegistryError, match="mlesmith generate"):
        survey_of([tmp_path])


class _Reader(HTMLParser):
    """Collects what a page refers to, its tags, and whether they close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.unnamed: list[str] = []
        self.tables = self.captions = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "action")]
        if tag == "svg" and not given.get("aria-label"):
            self.unnamed.append(tag)
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_no_network(root: Path):
    page = render(survey_of([root]))
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.addresses == []
    assert reader.unnamed == []
    assert not re.search(r"url\(|@import|<script", page)
    assert page.count("<svg") == page.count("The same as a table")
    assert "3 tasks from 1 datasets" in page
    assert "target-copy" in page
    assert "<b>houses</b>" not in page
    assert "&lt;b&gt;houses" in page


def test_the_page_does_without_ledger_and_measurements(tmp_path: Path):
    write_task(tmp_path / "registry")
    page = render(survey_of([tmp_path / "registry"]))
    assert "No ledger of a generation run" in page
    assert "Size: half of the tasks" in page
    assert "Headroom: half" not in page


def test_the_same_registry_gives_the_same_bytes(root: Path):
    assert render(survey_of([root])) == render(survey_of([root]))


def test_the_command_writes_both_and_prints_json(root: Path, tmp_path: Path):
    words = ["registry", "report", "--registry", str(root), "-o", str(tmp_path / "out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "mlesmith_env.cli", *words],
        env={**os.environ, "MLESMITH_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "report.json").read_text())
    assert (tmp_path / "out" / "report.html").read_text().startswith("<!doctype html>")


def test_bins_have_round_edges_and_lose_nothing():
    values = [0.0, 3.0, 4.0, 12.0, 20.0, 199.0, None]
    spread = distribution_of(values)
    assert spread.edges == (0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
    assert spread.bins == (1, 2, 0, 1, 1, 0, 1)
    assert (spread.count, spread.missing) == (6, 1)
    shares = distribution_of([0.0, 0.05, 1.0], span=(0, 1))
    assert shares.bins == (2, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert sum(distribution_of([7.0] * 5).bins) == 5
    assert distribution_of([0.0]).bins == (1,)
    assert distribution_of([None]).count == 0
