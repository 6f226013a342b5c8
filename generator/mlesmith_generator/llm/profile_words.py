"""What was measured, in words for a model: a dataset's profile, the reports of gates, defects."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_generator.llm.toolbox import as_json
from mlesmith_generator.records import (
    CollectionProfile,
    DatasetProfile,
    Defect,
    GateReport,
    Idea,
    NamePart,
)

_MOST_COLUMNS = 60
_MOST_RELATIONS = 20
_MOST_FILES = 20
_MOST_TABLES = 12


def profile_told(profile: DatasetProfile) -> str:
    """Return what was measured about a dataset, for a model to read: data, not instructions."""
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "reader": {
                **table.reader.model_dump(mode="json", exclude_defaults=True),
                "files": list(table.reader.files[:_MOST_FILES]),
            },
            "more_files": max(0, len(table.reader.files) - _MOST_FILES),
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
        for table in profile.tables[:_MOST_TABLES]
    ]
    collections = [_collection_told(each) for each in profile.collections[:_MOST_TABLES]]
    told = {
        "dataset": profile.dataset,
        "subject": profile.subject,
        "tables": tables,
        "collections": collections,
        "more_tables": max(0, len(profile.tables) - _MOST_TABLES),
        "problems": list(profile.problems[:_MOST_RELATIONS]),
    }
    return as_json(told)


def _collection_told(collection: CollectionProfile) -> dict[str, object]:
    """Return what was measured about files of one kind: where labels may stand in their names."""
    return {
        "name": collection.name,
        "media": collection.media,
        "files": collection.files,
        "bytes": collection.bytes,
        "endings": list(collection.endings),
        "reader": {"format": "files", "files": list(collection.patterns[:_MOST_FILES])},
        "folders": [_part_told(part) for part in collection.folders[:_MOST_FILES]],
        "parts_of_names": [_part_told(part) for part in collection.parts[:_MOST_FILES]],
        "tables_about_them": [each.model_dump(mode="json") for each in collection.sidecars[:8]],
        "parallel": [each.model_dump(mode="json") for each in collection.pairs[:8]],
    }


def _part_told(part: NamePart) -> dict[str, object]:
    return {**part.model_dump(mode="json"), "top": list(part.top[:8])}


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
