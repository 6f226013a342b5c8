"""The records that pass between the stages: profile, idea, draft, defect."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlesmith_env.manifest import MetricSpec, Modality, Objective, Record, SubmissionForm
from mlesmith_env.recipes.model import Holdout, Recipe, TableReader, Transform

ColumnType = Literal["number", "category", "boolean", "date", "text", "identifier", "constant"]
Stage = Literal["brainstorm", "design", "refactor"]
GateName = Literal["assertions", "review", "execution"]


class ColumnProfile(Record):
    """What was measured about one column. Shares are between 0 and 1."""

    name: str
    type: ColumnType
    rows: int
    missing: float
    """Share of missing values."""
    distinct: int
    """Number of different values (of the sample, where the table was sampled)."""
    top: tuple[tuple[str, int], ...] = ()
    """The most frequent values and how often they stand there, at most 40 of them."""
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    median: float | None = None
    std: float | None = None
    skew: float | None = None
    integer: bool = False
    """Whether every number is whole."""
    zeros: float = 0.0
    """Share of zeros among the numbers."""
    ordered: bool = False
    """Whether the values rise or fall all the way down the file."""
    unit: str = ""
    """Unit that the name tells, for instance `kg` or `%`."""
    date_format: str = ""
    """For `date`: the format in `ParseDate`'s words."""
    number_text: bool = False
    """Whether the numbers come as text to be parsed (`$1,200`, `3 km`)."""
    duration: bool = False
    """Whether they are durations in words or on a clock, to be parsed into minutes."""
    mean_length: float = 0.0
    """Mean number of characters."""
    examples: tuple[str, ...] = ()
    """A few different values as they stand in the file."""
    note: str = ""


class Relation(Record):
    """An arithmetic or functional relation between columns."""

    kind: Literal["duplicate", "sum", "difference", "product", "ratio", "determines", "monotone"]
    target: str
    """The column that is given by the others."""
    columns: tuple[str, ...]
    support: float
    """Share of the rows on which it holds."""


class TableProfile(Record):
    """One table of a dataset: how to read it and what is in it."""

    name: str
    """A short name for the table: stem of its file."""
    reader: TableReader
    rows: int
    sampled: bool
    """Whether the columns were measured on a sample of the rows."""
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    """Columns, or pairs, that identify a row."""
    groups: tuple[str, ...] = ()
    """Columns whose values are entities with several rows each (patient, driver, city)."""
    times: tuple[str, ...] = ()
    """Columns that order the rows in time."""
    relations: tuple[Relation, ...] = ()
    duplicate_rows: int = 0
    meanings: dict[str, str] = Field(default_factory=dict)
    """What the publisher says of columns, by name: for quoting only, no rule may look at it."""
    class_names: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What the publisher calls the values of columns, by column and value: for quoting only."""

    def column(self, name: str) -> ColumnProfile:
        """Return the profile of the named column; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class NamePart(Record):
    """A part of the paths or names of files, such as a folder or a field between underscores."""

    column: str
    """Where it is read from: `file` or `stem` of the reader format `files`, or the column of a
    table that tells the file."""
    pattern: str
    """The regular expression that reads it, for an `Extract` of that column."""
    distinct: int
    """Number of different values."""
    top: tuple[tuple[str, int], ...]
    """The most frequent values and how many files have each, at most 40 of them."""


class Sidecar(Record):
    """A table that tells something about the files of a collection."""

    table: str
    """Name of the table."""
    column: str
    """Its column that names the files."""
    key: str
    """What of a file it names: a column of the collection's rows such as `file`, `name`, `stem`."""
    pattern: str = ""
    """Where a part of that alone is named: the regular expression that reads it."""
    reading: str = ""
    """Where the column tells more than the name: the regular expression that reads the name."""
    share: float
    """Share of the collection's files that have a row."""
    unique: bool
    """Whether no file has two rows."""


class Pair(Record):
    """Another collection with a file for each, such as the mask of a picture."""

    other: str
    """Name of the other collection."""
    key: str
    """`path`: the same folder and stem; `stem`: the same stem elsewhere."""
    share: float
    """Share of the files that have one."""


class ImageFacts(Record):
    """What the headers of images tell, and a look at the pixels of a few."""

    sizes: tuple[tuple[int, int, int], ...]
    """Width, height and how many of the looked at have it, the most frequent first, at most 20."""
    modes: tuple[tuple[str, int], ...]
    """Pillow's modes (`RGB`, `L`, `1`, …) and how many have each."""
    values: int
    """Different stored values of the pixels of an image, the median."""
    two_values: float
    """Share of the pixels that have one of the two most frequent values, the median: near 1 for
    masks and line drawings."""


class AudioFacts(Record):
    """What the headers of recordings tell."""

    rates: tuple[tuple[int, int], ...]
    """Samples a second, and how many recordings have it."""
    channels: tuple[tuple[int, int], ...]
    seconds: tuple[float, float, float]
    """Shortest, median and longest."""


class CollectionProfile(Record):
    """Many files of one kind: pictures, recordings, documents, or tables of one case each."""

    name: str
    media: Literal["image", "audio", "midi", "document", "series"]
    """`series`: the files are the parts of a table, see `table`."""
    patterns: tuple[str, ...] = ()
    """Patterns of the reader format `files` that give these files and no others."""
    table: str = ""
    """For `series`: the table that holds all of them."""
    files: int
    """Number of files."""
    bytes: int
    duplicates: int = 0
    """Files that are equal byte by byte to another one before."""
    endings: tuple[tuple[str, int], ...] = ()
    """Endings in small letters, without the point, and how many files have each."""
    folders: tuple[NamePart, ...] = ()
    """The folders on the way to the files, outermost first, where they differ."""
    parts: tuple[NamePart, ...] = ()
    """The fields of the stems between `_` and `-`: all where every stem has as many, else the first
    and the last."""
    sidecars: tuple[Sidecar, ...] = ()
    """Tables about these files, the most complete first."""
    pairs: tuple[Pair, ...] = ()
    encoding: str = "utf-8"
    """For documents: an encoding that reads them all."""
    words: int = 0
    """For documents: words of a document, the median."""
    image: ImageFacts | None = None
    audio: AudioFacts | None = None


class ParallelProfile(Record):
    """Texts, one a line, with labels line by line in other files or in front of each text."""

    name: str
    texts: tuple[str, ...]
    """Files of texts."""
    labels: tuple[str, ...] = ()
    """Files of labels in the same order; none where `__label__x` stands in front of each text."""
    rows: int
    encoding: str = "utf-8"
    names: dict[str, str] = Field(default_factory=dict)
    """What the labels mean, where a file tells."""
    folders: bool = False
    """Whether the files lie in several folders, which tell more of the texts."""


class DatasetProfile(Record):
    """Everything measured about a dataset."""

    dataset: str
    """Slug of the dataset."""
    subject: str
    """Two or three words for what the data are about, from folder, file and column names."""
    tables: tuple[TableProfile, ...]
    collections: tuple[CollectionProfile, ...] = ()
    """Files that are no tables, or tables of one case each."""
    parallels: tuple[ParallelProfile, ...] = ()
    """Texts whose labels stand in other files, line by line, or in front of them."""
    titled: str = ""
    """The title of the documents beside the data, else of the record: for names and quoting."""
    about: str = ""
    """The publisher's sentence on what the data are: for quoting and the domain, not for rules."""
    problems: tuple[str, ...] = ()
    """Files that could not be read, and why."""


class Exclusion(Record):
    """A column that a task leaves out, and why."""

    column: str
    reason: str


class Idea(Record):
    """One way to make a task of a dataset."""

    dataset: str
    table: str
    target: str
    """Name of the target after the transforms."""
    target_source: str
    """The raw column that the target comes from."""
    objective: Objective
    metric: MetricSpec
    holdout: Holdout
    transforms: tuple[Transform, ...] = ()
    """What gives the target (and repairs features), in order."""
    exclusions: tuple[Exclusion, ...] = ()
    """Columns to leave out: identifiers, copies of the target, what is known only afterwards."""
    signal: float = 0.0
    """How well a quick cross-validated model beat the trivial one: 0 not at all, 1 perfectly."""
    justification: str
    """Why this makes a good task, from the profile: one to three sentences."""
    reasons: tuple[str, ...] = Field(default=(), exclude=True)
    """What speaks for the column as a target, in words, where the rule of tables chose it."""
    formulation: str = "table"
    """Name of the formulation that it comes from."""
    modality: Modality = "tabular"
    """What kind of data it is about."""
    recipe: Recipe | None = None
    """The whole recipe, where the formulation worked it out; else the Designer makes it."""
    form: SubmissionForm | None = None
    """The submission form with `rows` 1, where the formulation worked it out."""
    topic: str = ""
    """What is asked for, in words for slug and title, where the target's name does not say it."""
    question: str = ""
    """The title's words behind the subject, such as `forecast sales over the next 12 months`."""
    story: str = ""
    """A sentence about the data, with which the description begins."""
    domain: str = ""
    """Field of life, where it is known; else it is guessed from the profile."""
    measured: dict[str, str] = Field(default_factory=dict)
    """What the formulation measured, ready for the fields of its phrases."""


class Defect(Record):
    """What a gate found."""

    code: str
    """A stable kebab-case name, for instance `target-copy`."""
    gate: GateName
    stage: Stage
    """The stage that must mend it."""
    evidence: str
    """Measured: which columns, which share, which score."""
    columns: tuple[str, ...] = ()
    """Columns that mending would leave out, where that is the cure."""


class Check(Record):
    """One check of one gate."""

    name: str
    gate: GateName
    passed: bool
    measured: str = ""
    """The evidence in short, whether it passed or not."""
    value: float | None = None
    """What was measured, where it is one number."""
    warning: bool = False
    """Passed, but just below the line."""


class GateReport(Record):
    """Verdict of one gate on one task."""

    gate: GateName
    passed: bool
    checks: tuple[Check, ...]
    defects: tuple[Defect, ...] = ()
    seconds: float = Field(default=0.0, ge=0)
