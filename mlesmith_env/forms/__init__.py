"""Kinds of prediction: what stands in a submission, and what arrays a metric gets of it.

A kind is one object that knows how its cells are read and written; environment, grading and
preparation go through it and know of no kind by name.
"""

from __future__ import annotations

from mlesmith_env.forms.kind import Kind, Misfit, Sheet
from mlesmith_env.forms.scalars import LABEL, NUMBER, PROBABILITIES, PROBABILITY
from mlesmith_env.forms.structures import BOXES, ITEMS, MASK, SPAN, TAGS
from mlesmith_env.forms.vectors import INTERVAL, MULTILABEL, NUMBERS, RANKING, SURVIVAL
from mlesmith_env.manifest import PredictionKind, SubmissionForm

__all__ = ["KINDS", "Kind", "Misfit", "Sheet", "kind_of"]

KINDS: dict[PredictionKind, Kind] = {
    kind.name: kind
    for kind in (
        NUMBER,
        LABEL,
        PROBABILITY,
        PROBABILITIES,
        NUMBERS,
        INTERVAL,
        MULTILABEL,
        RANKING,
        SURVIVAL,
        ITEMS,
        TAGS,
        SPAN,
        BOXES,
        MASK,
    )
}
"""Every kind, by name."""


def kind_of(form: SubmissionForm) -> Kind:
    """Return the kind of prediction that a form asks for."""
    return KINDS[form.kind]
