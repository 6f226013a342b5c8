"""The rungs of the ladder: reference programs written out for one task.

A rung is a readable script that knows what any competitor reads on the page (the names of target
and id column, what to predict, the metric) and nothing of the data. It stands on its own: the
parts that several programs share are written into each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_generator.formulations import formulation_of
from mlesmith_generator.formulations.formulation import Formulation
from mlesmith_generator.formulations.program import Program

LATELY = Program("lately", ("answers", "scores"), trivial=True, repeats=("constant",))
"""Where the later rows are hidden, what drifts is foretold better by its last level than by all."""

LATEST_OF_GROUP = Program("latest_of_group", ("answers", "scores"), repeats=("lately",))
"""Nor is there anything so near at hand as what the row's own group came to last."""


@dataclass(frozen=True)
class Rung:
    """One reference program of a task.

    Attributes:
        name: Its name on the leaderboard.
        code: The program.
        trivial: Whether it looks at no feature at all; the best of these is the floor.
        repeats: Rungs that it comes to on some data; it is left out where it predicts alike.
    """

    name: str
    code: str
    trivial: bool
    repeats: tuple[str, ...] = ()


def ladder_for(manifest: Manifest) -> tuple[Rung, ...]:
    """Return the reference programs, written out for the task of a manifest.

    Only what the task's page tells is used, and the recipe's seed: the same task always gives the
    same programs and the same submissions.
    """
    formulation, kind = formulation_of(manifest), manifest.submission.kind
    facts = {**_facts(manifest), **formulation.facts(manifest)}
    return tuple(
        Rung(program.name, _write_out(program, known), program.trivial, program.repeats)
        for program, known in _programs(formulation, manifest, facts)
        if not program.kinds or kind in program.kinds
    )


def _programs(
    formulation: Formulation, manifest: Manifest, facts: dict[str, object]
) -> Iterator[tuple[Program, dict[str, object]]]:
    """Yield programs and what each knows; where time is shown, two more that look at it."""
    holdout = manifest.recipe.holdout
    told = holdout.kind == "time" and not holdout.drop_column
    for program in formulation.programs(manifest):
        yield program, facts
        plain = program.path == "constant.py" and isinstance(manifest.recipe, TableRecipe)
        if plain and told and holdout.column is not None:
            for later in (LATELY, LATEST_OF_GROUP):
                yield later, {**facts, "TIME": holdout.column}


def _facts(manifest: Manifest) -> dict[str, object]:
    form, metric = manifest.submission, manifest.metric
    return {
        "TARGET": manifest.recipe.target,
        "TRUTH": list(manifest.truth),
        "ID": form.id_column,
        "KIND": form.kind,
        "CLASSES": list(form.classes),
        "COLUMNS": list(form.columns),
        "METRIC": metric.name,
        "QUANTILE": metric.params.get("alpha", 0.5),
        "BETA": metric.params.get("beta", 1.0),
        "SEED": manifest.recipe.seed % 2**32,
    }


def _write_out(program: Program, facts: dict[str, object]) -> str:
    """Return the program with its facts, imports and parts in front."""
    pieces = [_source(f"parts/{part}.py") for part in program.parts]
    comment, _, body = _source(program.path).partition("\n")
    imports: dict[str, None] = {}
    bodies: list[str] = []
    for piece in (*pieces, body):
        head, rest = _split_imports(piece)
        imports.update(dict.fromkeys(head))
        bodies.append(rest.strip("\n"))
    lines = [comment, *imports, ""]
    if program.parts:
        lines += [f"{name} = {value!r}" for name, value in facts.items()]
        lines.append("")
    return "\n".join(lines) + "\n" + "\n\n\n".join(bodies) + "\n"


def _split_imports(piece: str) -> tuple[list[str], str]:
    """Return the import statements in front of a piece, and the rest of it."""
    statements: list[str] = []
    lines = piece.splitlines()
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.startswith(("import ", "from ")):
            end = place
            if line.endswith("("):
                while lines[end] != ")":
                    end += 1
            statements.append("\n".join(lines[place : end + 1]))
            place = end + 1
        elif not line.strip():
            place += 1
        else:
            break
    return statements, "\n".join(lines[place:])


def _source(name: str) -> str:
    return (files("mlesmith_generator.ladder") / "programs" / name).read_text(encoding="utf-8")
