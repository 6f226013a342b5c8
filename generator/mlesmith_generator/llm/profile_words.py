"""What was measured, in words for a model: a dataset's profile, the reports of gates, defects."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_generator.llm.toolbox import as_json
from mlesmith_generator.records import DatasetProfile, Defect, GateReport, Idea

_MOST_COLUMNS = 60
_MOST_RELATIONS = 20


def profile_told(profile: DatasetProfile) -> str:
    """Return what was measured about a dataset, for a model to read: data, not instructions."""
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "files": list(table.reader.files),
            "reader": table.reader.model_dump(mode="json", exclude_defaults=True),
            "columns": [
                {
                    "name": column.name,
                    "type": column.type,
                    "distinct": column.distinct,
                    "missing": round(column.missing, 3),
                    "examples": list(column.examples[:3]),
                }
                for column in table.columns[:_MOST_COLUMNS]
            ],
            "more_columns": max(0, len(table.columns) - _MOST_COLUMNS),
            "keys": [list(key) for key in table.keys],
            "groups": list(table.groups),
            "times": list(table.times),
            "relations": [
                relation.model_dump(mode="json") for relation in table.relations[:_MOST_RELATIONS]
            ],
        }
        for table in profile.tables
    ]
    collections = [
        {"name": each.name, "media": each.media, "files": each.files}
        for each in profile.collections
    ]
    told = {
        "dataset": profile.dataset,
        "subject": profile.subject,
        "tables": tables,
        "collections": collections,
        "problems": list(profile.problems),
    }
    return as_json(told)


def idea_told(idea: Idea) -> str:
    """Return an idea, for whoever works it out."""
    fields = (
        "table", "target", "objective", "metric", "holdout", "exclusions", "justification",
    )  # fmt: skip
    whole = idea.model_dump(mode="json")
    return as_json({name: whole[name] for name in fields})


def report_told(reports: Sequence[GateReport]) -> str:
    """Return what gates found, defects and warnings with their evidence."""
    lines: list[str] = []
    for report in reports:
        warned = [check for check in report.checks if check.warning]
        lines.append(f"{report.gate}: {'passed' if report.passed else 'not passed'}")
        lines += [
            f"- defect {defect.code} (to be mended by {defect.stage}): {defect.evidence}"
            f"{_cure(defect)}"
            for defect in report.defects
        ]
        lines += [f"- warning {check.name}: {check.measured}" for check in warned]
    return "\n".join(lines)


def defects_told(defects: Sequence[Defect]) -> str:
    """Return defects with their evidence, one a line."""
    return "\n".join(
        f"- {defect.code} ({defect.gate}): {defect.evidence}{_cure(defect)}" for defect in defects
    )


def _cure(defect: Defect) -> str:
    return f"; leaving out {', '.join(defect.columns)} would cure it" if defect.columns else ""
