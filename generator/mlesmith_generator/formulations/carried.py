"""Tables whose question is carried by one column: a text, a molecule, or a strand of letters.

Which tables these are is told by the rule of tables, whose ideas they are; here are their ladders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest, Modality, PredictionKind
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe import strands
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.table import MODELS, TABLES, TARGETS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_texts
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.words import word_count
from mlesmith_generator.records import DatasetProfile

_TRIVIAL = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("random_draw", TARGETS, trivial=True, kinds=("label",)),
    Program("typical", TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("best_column", TABLES),
)
_CLASSED: tuple[PredictionKind, ...] = ("label", "probability", "probabilities")
_CHEMICAL = (*MODELS, "molecule/strings")
_STRANDED = (*MODELS, "sequence/strands")


@dataclass(frozen=True)
class CarriedFormulation:
    """A number or a class told from one column above all.

    Attributes:
        name: Name of the formulation, and of its modality.
        ladder: Its programs, from the foot up.
    """

    name: Modality
    ladder: tuple[Program, ...]

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task is one number or class of a table of this modality."""
        return (
            manifest.modality == self.name
            and manifest.objective in AMOUNTS | CLASSED
            and isinstance(manifest.recipe, TableRecipe)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return none: the rule of tables finds them."""
        return []

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return self.ladder

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for labels that stand in the texts; molecules and strands hold none."""
        if self.name != "text":
            return []
        columns = [str(name) for name in tables.test.columns if _worded(tables, str(name))]
        return scan_texts(task.manifest, tables, columns)

    @property
    def sections(self) -> Mapping[str, Section]:
        """The usual wording; of strands, a context of its own."""
        return {"Context": strands.context_section} if self.name == "sequence" else {}


def _worded(tables: Tables, name: str) -> bool:
    """Return whether a column of the test file holds texts of several words each."""
    texts = [str(text) for text in tables.test[name].dropna().head(300)]
    return len(texts) > 0 and sum(map(word_count, texts)) >= 4 * len(texts)


TEXT = CarriedFormulation(
    "text",
    (
        *_TRIVIAL,
        Program(
            "naive_bayes", MODELS, kinds=("label", "probability", "probabilities"), family="text"
        ),
        Program("nearest_neighbours", TABLES),
        Program("linear", MODELS),
        Program("letters", MODELS, family="text"),
        Program("words_and_letters", MODELS, family="text"),
        Program("forest", MODELS),
        Program("boosting", MODELS),
        Program("blend", MODELS),
    ),
)
MOLECULE = CarriedFormulation(
    "molecule",
    (
        *_TRIVIAL,
        Program("composition", _CHEMICAL, family="molecule"),
        Program("tanimoto", _CHEMICAL, family="molecule"),
        Program("fragments", _CHEMICAL, family="molecule"),
        Program("letters", _CHEMICAL, family="molecule"),
        Program("forest", _CHEMICAL, family="molecule"),
        Program("boosting", _CHEMICAL, family="molecule"),
        Program("blend", _CHEMICAL, family="molecule"),
    ),
)
SEQUENCE = CarriedFormulation(
    "sequence",
    (
        *_TRIVIAL,
        Program("composition", _STRANDED, family="sequence"),
        Program("neighbours", _STRANDED, family="sequence"),
        Program("short_runs", _STRANDED, family="sequence"),
        Program("places", _STRANDED, family="sequence"),
        Program("forest", _STRANDED, family="sequence"),
        Program("boosting", _STRANDED, family="sequence"),
        Program("blend", _STRANDED, family="sequence"),
    ),
)
