"""Formulations: what can be asked of data, each with its rule, ladder, leak scans and wording.

A formulation is an objective and a submission form over some kind of data. Environment and
grading know nothing of it; the generator goes through the one that covers a task's manifest.
"""

from __future__ import annotations

from mlesmith_env.manifest import Manifest
from mlesmith_generator.formulations.carried import MOLECULE, SEQUENCE, TEXT
from mlesmith_generator.formulations.documents import DOCUMENTS
from mlesmith_generator.formulations.edge_weights import EDGE_WEIGHTS
from mlesmith_generator.formulations.forecasting import FORECASTING
from mlesmith_generator.formulations.formulation import Formulation, Proposal
from mlesmith_generator.formulations.geospatial import GEOSPATIAL
from mlesmith_generator.formulations.lines import LINES
from mlesmith_generator.formulations.link_prediction import LINK_PREDICTION
from mlesmith_generator.formulations.media.files import FILES
from mlesmith_generator.formulations.media.mixed import MIXED
from mlesmith_generator.formulations.media.scenes import DETECTION, SEGMENTATION
from mlesmith_generator.formulations.multi_regression import MULTI_REGRESSION
from mlesmith_generator.formulations.multilabel import MULTILABEL
from mlesmith_generator.formulations.nodes import NODES
from mlesmith_generator.formulations.pair_labels import PAIR_LABELS
from mlesmith_generator.formulations.pairs import SIMILARITY
from mlesmith_generator.formulations.question_answering import QUESTION_ANSWERING
from mlesmith_generator.formulations.ranking import RANKING
from mlesmith_generator.formulations.rating import RATING
from mlesmith_generator.formulations.recommendation import RECOMMENDATION
from mlesmith_generator.formulations.relational import RELATIONAL
from mlesmith_generator.formulations.sequence_labelling import SEQUENCE_LABELLING
from mlesmith_generator.formulations.sequences import SEQUENCES
from mlesmith_generator.formulations.span_extraction import SPAN_EXTRACTION
from mlesmith_generator.formulations.spread import SPREAD
from mlesmith_generator.formulations.survival import SURVIVAL
from mlesmith_generator.formulations.table import TABLE
from mlesmith_generator.formulations.watch import WATCH

__all__ = ["FORMULATIONS", "NAMED", "Formulation", "Proposal", "formulation_of"]

FORMULATIONS: tuple[Formulation, ...] = (
    QUESTION_ANSWERING,
    SPAN_EXTRACTION,
    SIMILARITY,
    PAIR_LABELS,
    DETECTION,
    SEGMENTATION,
    FILES,
    MIXED,
    MULTILABEL,
    MULTI_REGRESSION,
    SURVIVAL,
    SPREAD,
    FORECASTING,
    SEQUENCES,
    WATCH,
    NODES,
    EDGE_WEIGHTS,
    RELATIONAL,
    LINK_PREDICTION,
    RANKING,
    RATING,
    RECOMMENDATION,
    SEQUENCE_LABELLING,
    DOCUMENTS,
    LINES,
    GEOSPATIAL,
    TEXT,
    MOLECULE,
    SEQUENCE,
    TABLE,
)
"""Every formulation; the first that covers a manifest is the one. The last covers the rest."""

NAMED = {formulation.name: formulation for formulation in FORMULATIONS}
"""Every formulation by its name."""


def formulation_of(manifest: Manifest) -> Formulation:
    """Return the formulation of a task."""
    return next(each for each in FORMULATIONS if each.covers(manifest))
