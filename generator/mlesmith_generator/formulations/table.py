"""Tables: a number or a class in one column, predicted from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import brainstorm
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.records import DatasetProfile

TARGETS = ("answers", "scores")
TABLES = (*TARGETS, "tables")
MODELS = (*TABLES, "features", "models")

PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    # Chance is a baseline for labels only: some metrics of labels prefer it to any constant, while
    # elsewhere it gains nothing but luck, by which the floor would rise.
    Program("random_draw", TARGETS, trivial=True, kinds=("label",)),
    Program("typical", TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("best_column", TABLES),
    Program("nearest_neighbours", TABLES),
    Program("linear", MODELS),
    Program("additive", MODELS, repeats=("linear",)),
    Program("forest", MODELS),
    Program("boosting", MODELS),
    Program("tuned_boosting", MODELS),
    Program("blend", MODELS),
)
"""The ladder, from the foot up. The last is not always the best."""


class TableFormulation:
    """One column of a table asked for; it covers whatever no other formulation does."""

    name = "table"

    def covers(self, manifest: Manifest) -> bool:
        """Return True: what asks for one number or class goes by the rules of tables."""
        return True

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return the ideas for columns of tables."""
        score = float("inf")
        proposals: list[Proposal] = []
        for idea, own in brainstorm(profile, folder, limit=limit, seed=seed):
            score = min(score, own)  # Their order says more than the scores alone.
            proposals.append(Proposal(idea, score))
        return proposals

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder of tables."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return none: the scans over columns are for tables."""
        return []

    @property
    def sections(self) -> Mapping[str, Section]:
        """The usual wording."""
        return {}


TABLE = TableFormulation()
