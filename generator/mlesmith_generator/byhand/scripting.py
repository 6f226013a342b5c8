"""Scripts that a person can start from: they run as they are, and give what the recipe gave."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import METRIC, PREPARE, PredictionKind, ScriptMetric, SubmissionForm
from mlesmith_env.recipes.model import Holdout, ScriptRecipe, TableRecipe
from mlesmith_env.recipes.operations import DropColumns, RequireValue
from mlesmith_env.task import Task
from mlesmith_generator.byhand.draft import DraftFolder, draft_manifest
from mlesmith_generator.byhand.measured import measured_page
from mlesmith_generator.designer import Draft

METRIC_NAME = "my_error"


def with_scripts(content: DraftFolder, drafted: Draft, folder: Path) -> DraftFolder:
    """Return a draft with `prepare.py` and `metric.py` in place of recipe and catalogue metric.

    The scripts are run once, so that the page tells what they give.

    Args:
        content: The draft as it is with a recipe.
        drafted: What it was made of.
        folder: The raw files.

    Raises:
        GenerationError: The recipe does more than the scripts of the template can say.
        SandboxUnavailableError: This machine can not confine the scripts.
    """
    draft = content.draft
    recipe, form = draft.recipe, draft.submission
    if not isinstance(recipe, TableRecipe) or recipe.reader.format != "delimited":
        raise GenerationError(
            "--script writes scripts for one table of delimited text; make the draft without it, "
            "and write prepare.py by docs/tasks.md"
        )
    more = [t.op for t in recipe.transforms if not isinstance(t, DropColumns | RequireValue)]
    if more:
        raise GenerationError(
            f"the target needs {', '.join(more)}, which the scripts of the template do not do: "
            "make the draft without --script, and write prepare.py by docs/tasks.md"
        )
    kind = _kind(FITTING[draft.objective])
    dropped = [
        name
        for transform in recipe.transforms
        if isinstance(transform, DropColumns)
        for name in transform.columns
    ]
    reader = recipe.reader
    prepare = _filled(
        "prepare.py",
        FILES=list(reader.files),
        TARGET=recipe.target,
        ID=recipe.id_column,
        DROPPED=dropped,
        SEPARATOR=r"\s+" if reader.delimiter == "whitespace" else reader.delimiter,
        ENCODING=reader.encoding,
        SKIPPED=reader.skip_rows,
        NAMES=list(reader.columns) or None,
        MISSING=list(reader.missing),
        NUMBER=kind == "number",
    )
    metric = _filled(f"metric_{kind}.py", TARGET=recipe.target)
    summary, formula, high = {
        "number": ("Mean of the absolute errors.", "mean(|y - p|)", None),
        "label": ("Share of the rows with a wrong label.", "mean(y != p)", 1.0),
    }[kind]
    declared = ScriptMetric(
        name=METRIC_NAME,
        direction="minimize",
        perfect=0.0,
        range=(0.0, high),
        kinds=(kind,),
        summary=summary,
        formula=formula,
    )
    scripted = ScriptRecipe(
        target=recipe.target, holdout=Holdout(kind="random"), id_column=recipe.id_column
    )
    changes = {
        "recipe": scripted,
        "metric": declared,
        "submission": SubmissionForm(
            id_column=form.id_column,
            columns=(recipe.target,),
            kind=kind,
            classes=form.classes,
            rows=1,
        ),
    }
    made = replace(
        content,
        draft=draft.model_copy(update=changes),
        scripts={PREPARE: prepare, METRIC: metric},
    )
    return replace(made, description=_described(made, drafted, folder))


def _described(content: DraftFolder, drafted: Draft, folder: Path) -> str:
    """Return the page of a draft with scripts, with what they give in place of the recipe's."""
    draft = content.draft
    with tempfile.TemporaryDirectory(prefix="mlesmith-new-") as workshop:
        manifest = draft_manifest(content, content.source.dataset)
        task = Task(
            manifest, "", Path(workshop), content.source, nearby=folder, scripts=content.scripts
        )
        into = Path(workshop) / "prepared"
        into.mkdir()
        task.make(into)
        recipe = drafted.recipe.model_copy(update={"holdout": Holdout(kind="random")})
        return measured_page(
            draft, into / "public", drafted.idea, drafted.profile, drafted.table, recipe
        )


def _kind(kinds: tuple[PredictionKind, ...]) -> PredictionKind:
    for kind in ("number", "label"):
        if kind in kinds:
            return kind
    raise GenerationError(
        f"--script writes metrics for numbers and labels, not for {' or '.join(kinds)}"
    )


def _filled(template: str, **values: object) -> str:
    """Return a template with its constants: `NAME = ...` lines get the values."""
    source = files("mlesmith_generator.byhand") / "templates" / template
    text = source.read_text(encoding="utf-8")
    for name, value in values.items():
        text, count = re.subn(
            rf"(?m)^{name} = .*$", lambda _, n=name, v=value: f"{n} = {v!r}", text, count=1
        )
        if not count:
            raise GenerationError(f"the template {template} has no line `{name} = ...`")
    return text
