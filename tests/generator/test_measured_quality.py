"""What a ladder says about the quality of its task."""

import numpy as np
import pytest

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import get_metric
from mlesmith_env.sources import SourceFile, SourceRecord
from mlesmith_generator.ladder import LadderResult, RungResult
from mlesmith_generator.quality import difficulty_of, measure_quality
from mlesmith_generator.records import Check, GateReport
from tests.env.manifests import make_manifest

SOURCE = SourceRecord(
    dataset="shells", files=(SourceFile(path="shells.csv", bytes=3, sha256="0" * 64),)
)


def _ladder(metric: str, floor: float, *scores: float) -> LadderResult:
    def rung(name: str, score: float, trivial: bool) -> RungResult:
        both = {"public": score, "private": score}
        return RungResult(name, trivial, "ok", 1.25, np.zeros(3), both)

    strong = [rung(f"rung_{place}", score, False) for place, score in enumerate(scores)]
    return LadderResult(
        get_metric(MetricSpec(name=metric)), (rung("constant", floor, True), *strong)
    )


def test_a_task_that_a_simple_program_solves_is_easy():
    assert difficulty_of(_ladder("accuracy", 0.5, 1.0, 0.9, 1.0, 1.0)) == 0.0
    assert difficulty_of(_ladder("rmse", 4.0, 0.0, 1.0)) == 0.0


def test_a_task_on_which_only_strong_programs_gain_a_little_is_hard():
    # Nothing by simple means, and the best goes a tenth of the way to perfect.
    assert difficulty_of(_ladder("rmse", 10.0, 10.0, 11.0, 9.5, 9.0)) == pytest.approx(0.95)


def test_both_halves_count_alike_in_either_direction():
    # The simple half reaches half of the ceiling, which is half of perfect.
    assert difficulty_of(_ladder("rmse", 8.0, 6.0, 4.0)) == pytest.approx(0.5)
    assert difficulty_of(_ladder("accuracy", 0.2, 0.4, 0.6)) == pytest.approx(0.5)


def test_without_a_scale_there_is_no_difficulty():
    assert difficulty_of(_ladder("rmse", 4.0, 4.0, 5.0)) is None
    assert difficulty_of(_ladder("rmse", 4.0)) is None


def test_quality_names_its_task_and_takes_what_the_gate_measured():
    checks = [
        Check(name="headroom", gate="execution", passed=True, value=12.34567),
        Check(name="discrimination", gate="execution", passed=True, value=2 / 3),
    ]
    report = GateReport(gate="execution", passed=True, checks=tuple(checks))
    ladder, manifest = _ladder("rmse", 4.0, 0.0), make_manifest()
    quality = measure_quality(manifest, SOURCE, ladder, [report])
    assert (quality.headroom, quality.discrimination) == (12.346, 0.667)
    assert (quality.digest, quality.seconds) == (manifest.digest, 2.5)
    assert measure_quality(manifest, SOURCE, ladder, []).headroom is None
