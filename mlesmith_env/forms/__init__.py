"""Kinds of prediction: what stands in a submission, and what arrays a metric gets of it.

A kind is one object that knows how its cells are read and written; environment, grading and
preparation go through it and know of no kind by name.
"""

from __future__ import annotations

from mlesmith_env.forms.kind import Kind, Misfit, Sheet
from mlesmith_env.forms.scalars import LABEL, NUMBER, PROBABILITIES, PROBABILITY
from mlesmith_env.forms.structures import BOXES, ITEMS, MASK, SPAN, TAGS
from mlesmith_env.forms.vectors import INTERVAL, MULTILABEL, NUMBERS, RANKING, SURVIVAL
from mlesmith_env.manifest import AMOUNTS, Objective, PredictionKind, SubmissionForm

__all__ = ["FITTING", "KINDS", "Kind", "Misfit", "Sheet", "kind_of"]

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


FITTING: dict[Objective, tuple[PredictionKind, ...]] = {
    **dict.fromkeys(sorted(AMOUNTS), ("number",)),
    "binary": ("probability", "label"),
    "anomaly": ("probability", "label"),
    "link_prediction": ("probability",),
    "multiclass": ("probabilities", "label"),
    "ordinal": ("probabilities", "label"),
    "multilabel": ("multilabel",),
    "multi_regression": ("numbers",),
    "interval": ("interval",),
    "ranking": ("ranking",),
    "recommendation": ("items",),
    "survival": ("survival",),
    "sequence_labelling": ("tags",),
    "span_extraction": ("span",),
    "detection": ("boxes",),
    "segmentation": ("mask",),
}
"""Kinds of prediction that an objective may ask for, the preferred one first."""


def kind_of(form: SubmissionForm) -> Kind:
    """Return the kind of prediction that a form asks for."""
    return KINDS[form.kind]
