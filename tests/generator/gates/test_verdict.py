from __future__ import annotations

from mlesmith_generator.gates.verdict import Finding, Scan, report


def test_warnings_do_not_refuse_and_are_told() -> None:
    scan = Scan("a-look", "all fine", (Finding("near", "0.97 of 0.99", warning=True),))
    verdict = report("assertions", [scan, Scan("another", "nothing")], 0.1234567)
    assert verdict.passed
    assert verdict.defects == ()
    assert [check.warning for check in verdict.checks] == [True, False]
    assert verdict.checks[0].measured == "0.97 of 0.99"
    assert verdict.seconds == 0.123


def test_a_refusal_carries_code_stage_evidence_and_columns() -> None:
    finding = Finding("target-copy", "in 100 %", "design", ("ledger",))
    verdict = report("review", [Scan("look", "", (finding,))], 0.0)
    assert not verdict.passed
    assert not verdict.checks[0].passed
    defect = verdict.defects[0]
    assert (defect.code, defect.gate, defect.stage) == ("target-copy", "review", "design")
    assert defect.columns == ("ledger",)
    assert defect.evidence == "in 100 %"
