"""Tables with a file in each row: numbers and words beside a picture or a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import (
    DropColumns,
    Extract,
    Join,
    Media,
    RequireValue,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import brainstorm
from mlesmith_generator.describe import files as wording
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.media.files import MOST_FILES, NOUNS, reading_of
from mlesmith_generator.formulations.media.labels import SMALLEST, listing
from mlesmith_generator.formulations.media.traces import media_column, scan_files
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.table import MODELS, TARGETS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.records import (
    CollectionProfile,
    DatasetProfile,
    Idea,
    Sidecar,
    TableProfile,
)

_FULL = 0.9
_FEWEST_COLUMNS = 2
_AHEAD = 0.4
"""What a question gains where its answer may be seen as well as read."""
_MEDIA = ("image", "audio")


class MixedFormulation:
    """One column of a table whose rows have a file each."""

    name = "mixed"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether rows have a file and columns beside it."""
        recipe = manifest.recipe
        return (
            manifest.modality == "mixed"
            and isinstance(recipe, TableRecipe)
            and bool(recipe.media)
            and manifest.submission.kind in ("number", "label", "probability", "probabilities")
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return the ideas for tables that name a file in each row, with the file."""
        found: list[Proposal] = []
        for collection in profile.collections:
            if collection.media not in _MEDIA or collection.files < SMALLEST:
                continue
            for sidecar in collection.sidecars:
                if sidecar.share < _FULL or not sidecar.unique or sidecar.reading:
                    continue
                table = next(each for each in profile.tables if each.name == sidecar.table)
                if _width(table) <= _FEWEST_COLUMNS:
                    continue
                alone = profile.model_copy(update={"tables": (table,)})
                for idea, score in brainstorm(alone, folder, limit=min(limit, 3), seed=seed):
                    if idea.formulation == "table" and _columns_left(table, idea) > 1:
                        mixed = _with_files(idea, table, collection, sidecar, seed)
                        found.append(Proposal(mixed, score + _AHEAD))
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder: columns alone, files alone, both."""
        beside = (*MODELS, "media/files", reading_of(manifest), "media/beside")
        alone = (*TARGETS, "media/files", reading_of(manifest), "models")
        own = ("columns_linear", "columns_boosting", "both_linear", "both_forest", "both_mixture")
        return (
            SAMPLE,
            Program("constant", TARGETS, trivial=True),
            *(Program(name, alone, family="media") for name in ("first_sight", "described_forest")),
            *(Program(name, beside, family="mixed") for name in own),
        )

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the column of the paths."""
        return {"MEDIA": media_column(manifest)}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what the files tell beside what they show."""
        return scan_files(task, prepared, tables)

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, files and columns speak of both."""
        return {
            "Context": wording.mixed_context_section,
            "Files": wording.files_section,
            "Columns": wording.mixed_columns_section,
        }


def _width(table: TableProfile) -> int:
    """Return how many columns say something of their own."""
    plain = ("identifier", "constant", "text", "date")
    return sum(column.type not in plain for column in table.columns)


def _columns_left(table: TableProfile, idea: Idea) -> int:
    gone = {idea.target_source, *(exclusion.column for exclusion in idea.exclusions)}
    plain = ("identifier", "constant")
    return sum(column.type not in plain and column.name not in gone for column in table.columns)


def _with_files(
    idea: Idea,
    table: TableProfile,
    collection: CollectionProfile,
    sidecar: Sidecar,
    seed: int,
) -> Idea:
    """Return the idea of a table with the file of each row beside its columns."""
    names = {column.name for column in table.columns}
    noun = NOUNS[collection.media].removesuffix("s")
    column = noun if noun not in names else f"{noun}_file"
    key, reading = sidecar.key, list[Transform]()
    if sidecar.pattern:
        key = "named"
        reading.append(Extract(column=sidecar.key, into=key, pattern=sidecar.pattern))
    reading.append(Extract(column="file", into=column, pattern="^(.*)$"))
    dropped = (DropColumns(columns=(sidecar.column,)),)
    needed = {idea.holdout.column, idea.target, idea.target_source}
    steps: tuple[Transform, ...] = (
        Join(
            table=listing(collection),
            transforms=tuple(reading),
            on={sidecar.column: key},
            columns=(column,),
        ),
        RequireValue(column=column),
        *idea.transforms,
        RequireValue(column=idea.target),
        *(dropped if sidecar.column not in needed else ()),
        *((SampleRows(rows=MOST_FILES),) if table.rows > MOST_FILES else ()),
    )
    recipe = TableRecipe(
        reader=table.reader,
        transforms=steps,
        target=idea.target,
        holdout=idea.holdout,
        id_column="id" if "id" not in {name.lower() for name in names} else "row_id",
        seed=seed,
        media=(Media(column=column, folder=NOUNS[collection.media]),),
    )
    asked, files = idea.target.replace("_", " "), NOUNS[collection.media]
    return idea.model_copy(
        update={
            "formulation": "mixed",
            "modality": "mixed",
            "recipe": recipe,
            "exclusions": tuple(each for each in idea.exclusions if each.column != sidecar.column),
            "topic": f"{asked} with {files}",
            "question": f"predict {asked} from columns and {files}",
            "justification": (
                f"{idea.justification} Each row also has one of {collection.files} {files}."
            ),
            "measured": {**idea.measured, "collection": collection.name},
        }
    )


MIXED = MixedFormulation()
