"""The manifest: everything about a task that is data.

A manifest is a tree of frozen records that refuse unknown keys. `canonical` is the form over
which digests are taken: JSON with sorted keys, so the same manifest always has the same digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)

from mlesmith_env.recipes.model import Recipe, ScriptRecipe

SCHEMA_VERSION = 1
PREPARE = "prepare.py"
METRIC = "metric.py"
USAGE = "Usage"
"""Column of `answers.csv` that tells public from private rows."""

Modality = Literal[
    "tabular",
    "time-series",
    "text",
    "image",
    "audio",
    "molecule",
    "graph",
    "geospatial",
    "relational",
    "ratings",
    "sequence",
    "mixed",
]
Objective = Literal[
    "binary",
    "multiclass",
    "ordinal",
    "multilabel",
    "regression",
    "count",
    "multi_regression",
    "quantile",
    "interval",
    "ranking",
    "recommendation",
    "rating",
    "survival",
    "anomaly",
    "forecasting",
    "similarity",
    "sequence_labelling",
    "span_extraction",
    "counting",
    "detection",
    "segmentation",
    "link_prediction",
]
AMOUNTS: frozenset[Objective] = frozenset(
    {"regression", "count", "quantile", "rating", "forecasting", "similarity", "counting"}
)
"""Objectives that ask for one number a row."""
CLASSED: frozenset[Objective] = frozenset({"binary", "multiclass", "ordinal", "anomaly"})
"""Objectives that ask for one class a row."""
PredictionKind = Literal[
    "number",
    "label",
    "probability",
    "probabilities",
    "numbers",
    "interval",
    "multilabel",
    "ranking",
    "survival",
    "items",
    "tags",
    "span",
    "boxes",
    "mask",
]
Split = Literal["train", "eval"]
Part = Literal["public", "private"]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Record(BaseModel):
    """A frozen record that refuses unknown keys and non-finite surprises."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MetricSpec(Record):
    """A metric of the catalogue, by name, with its parameters."""

    name: str
    """Name in `mlesmith_env.metrics`, for instance `rmse`."""
    params: dict[str, float | int | str] = Field(default_factory=dict)
    """Parameters of the metric, for instance `{"alpha": 0.9}` for `pinball`."""


class ScriptMetric(Record):
    """A metric of the task's own: `evaluate(submission, answers)` in `metric.py`, declared here.

    Whatever the script gives is held against this declaration; nothing is taken from the script.
    """

    kind: Literal["script"] = "script"
    name: str = Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)
    """A name that is none of `mlesmith_env.metrics`, for instance `cost_per_order`."""
    direction: Literal["maximize", "minimize"]
    """Whether more or less is better."""
    perfect: float
    """Score of the answers themselves: the best end of `range`."""
    range: tuple[float | None, float | None] = (None, None)
    """Smallest and largest possible score, null where there is no bound."""
    kinds: tuple[PredictionKind, ...] = Field(min_length=1)
    """Kinds of prediction that it takes."""
    summary: str = Field(min_length=1, max_length=2000)
    """What it measures, in a sentence."""
    formula: str = Field(default="", max_length=2000)
    """The formula in plain text; y is truth, p the prediction."""
    timeout_s: float = Field(default=30.0, gt=0, le=600.0)
    """Wall-clock seconds that one score may take."""
    memory_bytes: int = Field(default=2 * 1024**3, ge=64 * 1024**2)
    """Memory that it may use."""

    @property
    def params(self) -> dict[str, float | int | str]:
        """None: a script has its parameters written into it."""
        return {}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        low, high = self.range
        if low is not None and high is not None and not low < high:
            raise ValueError(f"range {low:g} to {high:g} is empty")
        best = high if self.direction == "maximize" else low
        if best is None or best != self.perfect:
            raise ValueError(
                f"to {self.direction} with perfect {self.perfect:g} needs a range that "
                f"{'ends' if self.direction == 'maximize' else 'begins'} there"
            )
        return self


def _kind_of_metric(value: Any) -> str:
    if isinstance(value, dict):
        kind = cast("dict[str, Any]", value).get("kind", "catalogue")
        return kind if isinstance(kind, str) else ""
    return "script" if isinstance(value, ScriptMetric) else "catalogue"


AnyMetricSpec = Annotated[
    Annotated[MetricSpec, Tag("catalogue")] | Annotated[ScriptMetric, Tag("script")],
    Discriminator(_kind_of_metric),
]
"""A metric of the catalogue, or, with `kind: script`, the declaration of `metric.py`."""


class SourceRef(Record):
    """Which dataset a task is made of, and exactly which bytes of it."""

    dataset: Slug
    """Name of the record in `registry/sources/`."""
    sha256: Sha256
    """Digest over path, size and SHA-256 of every file in that record."""


class SubmissionForm(Record):
    """What a submission file has to look like."""

    id_column: str = "id"
    """The column by which rows are matched; order never matters."""
    columns: tuple[str, ...]
    """The prediction columns, in order."""
    kind: PredictionKind
    """What stands in the prediction columns."""
    classes: tuple[str, ...] = ()
    """Class labels in order, for all but `number`. For `probability` the second is positive."""
    rows: int = Field(gt=0)
    """Number of rows of the test set, public and private together."""
    truth: tuple[str, ...] = ()
    """Columns of `train.csv` and `answers.csv` that hold the truth, where they are not the
    recipe's target alone: the targets, or relevance and group, or time and event."""

    @model_serializer(mode="wrap")
    def _less_what_is_usual(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data = handler(self)
        return data if self.truth else {key: data[key] for key in data if key != "truth"}


class Thresholds(Record):
    """Scores that earn a medal, strictly monotone in the metric's direction."""

    median: float
    bronze: float
    silver: float
    gold: float


class Anchors(Record):
    """The fixed scale of one part of the hidden rows."""

    floor: float
    """Score of the ladder's best trivial rung: progress 0."""
    ceiling: float
    """Score of the ladder's best rung: progress 1."""
    thresholds: Thresholds


class Reference(Record):
    """The anchors of both parts."""

    public: Anchors
    private: Anchors


class Limits(Record):
    """What a solver may use. Times are seconds, sizes bytes."""

    max_steps: int = Field(default=20, gt=0)
    """Steps of an episode."""
    step_timeout_s: float = Field(default=60.0, gt=0)
    """Wall-clock seconds of one run."""
    time_limit_s: float = Field(default=1800.0, gt=0)
    """Wall-clock seconds of an episode."""
    memory_bytes: int = Field(default=4 * 1024**3, gt=0)
    """Address-space or resident memory of a run, whichever the backend can bound."""
    workspace_bytes: int = Field(default=1024**3, gt=0)
    """Size of the workspace."""
    submission_bytes: int = Field(default=64 * 1024**2, gt=0)
    """Largest submission file that is read."""
    output_bytes: int = Field(default=16 * 1024**2, gt=0)
    """Output of one run that is kept on disk; more ends the run."""
    processes: int = Field(default=64, gt=0)
    """Processes and threads of one run."""


class Provenance(Record):
    """How the task came to be. Not covered by the digest."""

    planner: str = "rules"
    """Who planned: `rules`, or the name of a model, or `hand`."""
    generator_version: str = ""
    """Version of the generator."""
    seed: int = 0
    """Seed of the generation."""
    justification: str = ""
    """Why this target, from the profile."""
    stages: dict[str, str] = Field(default_factory=dict)
    """Who played which stage, `rules` or a model by name; empty where rules played all."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Version of the prompt with which a model played a stage."""

    @model_serializer(mode="wrap")
    def _less_what_is_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data = handler(self)
        return {key: value for key, value in data.items() if value != {}}


class Manifest(Record):
    """`task.yaml`: the frozen description of a task."""

    schema_version: Literal[1] = SCHEMA_VERSION
    slug: Slug
    """Name of subject and target, for instance `abalone-rings`."""
    version: int = Field(ge=1)
    title: str
    domain: str
    """Field of life, for instance `biology`, one lower-case word or two."""
    modality: Modality
    objective: Objective
    metric: AnyMetricSpec
    source: SourceRef
    recipe: Recipe
    submission: SubmissionForm
    reference: Reference
    limits: Limits = Field(default_factory=Limits)
    split: Split
    """By dataset, from a stable hash of its name; see `split_of`."""
    prepared: dict[str, Sha256]
    """SHA-256 of every file that preparation must give, by path such as `public/train.csv`. A
    folder of raw files has one, by its path with `/` at the end: that of the lines
    `<sha256>  <path inside it>`, sorted by path."""
    provenance: Provenance = Field(default_factory=Provenance)
    digest: Sha256

    @field_validator("slug")
    @classmethod
    def _not_versioned(cls, slug: str) -> str:
        if re.search(r"-v[0-9]+$", slug):
            raise ValueError(f"slug {slug!r} may not end in '-v<digits>': the version is a field")
        return slug

    @property
    def name(self) -> str:
        """Slug and version, as the package folder is called: `abalone-rings-v1`."""
        return f"{self.slug}-v{self.version}"

    @property
    def id(self) -> str:
        """The Gymnasium id: `mlesmith/abalone-rings-v1`."""
        return f"mlesmith/{self.name}"

    @property
    def truth(self) -> tuple[str, ...]:
        """Columns of `train.csv` and `answers.csv` that hold the truth."""
        return self.submission.truth or (self.recipe.target,)

    @property
    def scripts(self) -> tuple[str, ...]:
        """Names of the scripts that the package has to carry: `prepare.py`, `metric.py`."""
        declared = {PREPARE: self.recipe, METRIC: self.metric}
        return tuple(
            name for name, part in declared.items() if isinstance(part, ScriptRecipe | ScriptMetric)
        )


def split_of(dataset: str) -> Split:
    """`eval` for one dataset in five, from a hash of the name that never changes."""
    bucket = int.from_bytes(hashlib.sha256(dataset.encode()).digest()[:4], "big") % 5
    return "eval" if bucket == 0 else "train"


def canonical(data: Any) -> bytes:
    """Canonical JSON bytes of plain data: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def package_digest(manifest: dict[str, Any], hashes: dict[str, str]) -> str:
    """SHA-256 over the canonical manifest (less digest and provenance) and the package's files.

    Args:
        manifest: The manifest as plain data (`Manifest.model_dump(mode="json")`).
        hashes: SHA-256 of `description.md` and of the scripts, by name.
    """
    core = {key: value for key, value in manifest.items() if key not in ("digest", "provenance")}
    return hashlib.sha256(canonical({"manifest": core, "files": hashes})).hexdigest()


def json_schema() -> str:
    """Return the JSON Schema of a manifest, as it is committed in `docs/`."""
    schema = Manifest.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(json_schema())
