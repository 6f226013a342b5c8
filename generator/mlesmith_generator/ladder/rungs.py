"""The rungs of the ladder: reference programs written out for one task.

A rung is a readable script that knows what any competitor reads on the page (the names of target
and id column, what to predict, the metric) and nothing of the data. It stands on its own: the
parts that several programs share are written into each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from mlesmith_env.manifest import Manifest, PredictionKind

_TARGETS = ("answers", "scores")
_TABLES = (*_TARGETS, "tables")
_MODELS = (*_TABLES, "features", "models")


@dataclass(frozen=True)
class Rung:
    """One reference program of a task.

    Attributes:
        name: Its name on the leaderboard.
        code: The program.
        trivial: Whether it looks at no feature at all; the best of these is the floor.
    """

    name: str
    code: str
    trivial: bool


@dataclass(frozen=True)
class Program:
    """A program of the ladder before it is written out for a task.

    Attributes:
        name: Stem of its file in `programs/`.
        parts: Stems of the shared parts in `programs/parts/`, in order.
        trivial: Whether it looks at no feature at all.
        kinds: Kinds of prediction that it is for; all where empty.
    """

    name: str
    parts: tuple[str, ...]
    trivial: bool = False
    kinds: tuple[PredictionKind, ...] = ()


PROGRAMS = (
    Program("sample_submission", (), trivial=True),
    Program("constant", _TARGETS, trivial=True),
    # Chance is a baseline for labels only: some metrics of labels prefer it to any constant, while
    # elsewhere it gains nothing but luck, by which the floor would rise.
    Program("random_draw", _TARGETS, trivial=True, kinds=("label",)),
    Program("typical", _TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("best_column", _TABLES),
    Program("nearest_neighbours", _TABLES),
    Program("linear", _MODELS),
    Program("forest", _MODELS),
    Program("boosting", _MODELS),
    Program("tuned_boosting", _MODELS),
    Program("blend", _MODELS),
)
"""The ladder, from the foot up. The last is not always the best."""


def ladder_for(manifest: Manifest) -> tuple[Rung, ...]:
    """Return the reference programs, written out for the task of a manifest.

    Only what the task's page tells is used, and the recipe's seed: the same task always gives the
    same programs and the same submissions.
    """
    facts, kind = _facts(manifest), manifest.submission.kind
    return tuple(
        Rung(program.name, _write_out(program, facts), program.trivial)
        for program in PROGRAMS
        if not program.kinds or kind in program.kinds
    )


def _facts(manifest: Manifest) -> dict[str, object]:
    form, metric = manifest.submission, manifest.metric
    return {
        "TARGET": manifest.recipe.target,
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
    comment, _, body = _source(f"{program.name}.py").partition("\n")
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
