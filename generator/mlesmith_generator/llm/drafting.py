"""From what a model drafted to a candidate: the draft of a person, with a model in their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import METRIC, PREPARE, Provenance
from mlesmith_env.metrics import get_metric
from mlesmith_env.task import Task
from mlesmith_generator import __version__
from mlesmith_generator.byhand.draft import DraftFolder, HandDraft, draft_manifest
from mlesmith_generator.dataset import Dataset
from mlesmith_generator.llm.answers import ProposedDraft
from mlesmith_generator.llm.faults import of_the_draft
from mlesmith_generator.llm.toolbox import told
from mlesmith_generator.profiler.collections import pinned_files
from mlesmith_generator.records import DatasetProfile
from mlesmith_generator.refactor import Names
from mlesmith_generator.scripted import scripted_task

_MOST_TRIES = 50
MOST_SECONDS = 120.0
"""Wall-clock seconds of a script that a model wrote."""
MOST_MEMORY = 4 * 1024**3
"""Bytes of memory that it may use."""


def hand_draft(proposed: ProposedDraft) -> tuple[HandDraft, dict[str, str]]:
    """Return a draft as a person would have written it, and its scripts by name.

    Raises:
        GenerationError: It does not follow the schema of drafts; the message says where.
    """
    form = proposed.submission.model_dump()
    try:
        draft = HandDraft.model_validate(
            {
                "slug": slugged(proposed.slug),
                "title": proposed.title,
                "domain": proposed.domain,
                "modality": proposed.modality,
                "objective": proposed.objective,
                "metric": proposed.metric,
                "recipe": _bounded(proposed.recipe),
                "submission": {**form, "rows": 1},
                "justification": proposed.justification,
            }
        )
    except ValidationError as error:
        raise GenerationError(f"the draft does not follow its schema: {told(error)}") from error
    written = {PREPARE: proposed.prepare_py, METRIC: proposed.metric_py}
    scripts = {name: text for name, text in written.items() if text.strip()}
    _check_form(draft)
    if set(scripts) != set(draft.scripts):
        raise GenerationError(
            f"the draft declares {', '.join(draft.scripts) or 'no script'} (by recipe or metric of "
            f"kind `script`), and brings {', '.join(scripts) or 'none'}"
        )
    _check_limits(draft)
    return draft, scripts


def _check_form(draft: HandDraft) -> None:
    """Refuse a submission form that does not suit what is asked, before anything trips over it."""
    form, kinds = draft.submission, get_metric(draft.metric).kinds
    if form.kind not in FITTING[draft.objective]:
        raise GenerationError(
            f"a {draft.objective} task asks for {' or '.join(FITTING[draft.objective])}, not for "
            f"{form.kind!r}"
        )
    if form.kind not in kinds:
        raise GenerationError(
            f"{draft.metric.name} takes {', '.join(kinds)}, and the form has {form.kind!r}"
        )
    twice = [name for name, count in Counter(form.classes).items() if count > 1]
    if twice:
        raise GenerationError(f"the class {twice[0]!r} stands twice in `classes`")


def _bounded(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe whose script, where it says nothing, asks for what it may have."""
    if recipe.get("kind") != "script":
        return dict(recipe)
    return {"timeout_s": MOST_SECONDS, **recipe}


def _check_limits(draft: HandDraft) -> None:
    """Refuse scripts that ask for more than a model's draft may take: it is tried many times."""
    for named, asked in (("recipe", draft.recipe), ("metric", draft.metric)):
        seconds = getattr(asked, "timeout_s", 0.0)
        memory = getattr(asked, "memory_bytes", 0)
        if seconds > MOST_SECONDS or memory > MOST_MEMORY:
            raise GenerationError(
                f"the script of the {named} asks for {seconds:g} s and {memory / 2**30:.3g} GiB; "
                f"it may have {MOST_SECONDS:g} s and {MOST_MEMORY / 2**30:.3g} GiB"
            )


@of_the_draft()
def candidate_of(
    proposed: ProposedDraft,
    dataset: Dataset,
    profile: DatasetProfile,
    names: Names,
    workshop: Path,
    *,
    seed: int,
) -> Task:
    """Build a draft: prepare its data, pin what came of it, write the candidate package.

    Args:
        proposed: What was drafted.
        dataset: The raw files.
        profile: What was measured about them.
        names: Hands out slugs.
        workshop: Registry root that the package is written into.
        seed: Seed of the generation.

    Raises:
        GenerationError: The draft does not follow its schema, or gives no rows.
        RecipeError: The recipe does not fit the data.
        ScriptError: `prepare.py` failed.
        SandboxError: The sandbox broke down or can not be had.
    """
    draft, scripts = hand_draft(proposed)
    draft = draft.model_copy(update={"slug": _free(draft.slug, names)})
    record = dataset.record(pinned_files(profile, dataset.folder))
    content = DraftFolder(draft, proposed.description, record, scripts)
    manifest = draft_manifest(content, record.representative)
    provenance = Provenance(
        planner="llm",
        generator_version=__version__,
        seed=seed,
        justification=draft.justification,
    )
    manifest = manifest.model_copy(update={"provenance": provenance})
    page = proposed.description.strip() + "\n"
    return scripted_task(manifest, page, scripts, record, workshop, nearby=dataset.folder)


def slugged(text: str) -> str:
    """Return a text as a slug: lower-case words with hyphens, no version at its end."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    slug = re.sub(r"(-v[0-9]+)+$", "", slug[:70].strip("-")).strip("-")
    if not slug:
        raise GenerationError(f"{text!r} is no name for a task; use words of subject and target")
    return slug


def _free(slug: str, names: Names) -> str:
    tried = (slug, *(f"{slug}-{number}" for number in range(2, _MOST_TRIES)))
    for each in tried:
        if names.free(each):
            return each
    raise GenerationError(f"{slug!r} and {_MOST_TRIES} names like it are taken; choose another")
