"""Recipes as data: what a manifest says about how raw files become a task.

A recipe is reader x transforms x unit of a row x holdout, or the announcement of a script that does
the same in a sandbox. Nothing in it is code, so loading the recipe of a stranger runs nothing of
theirs. Values are strings throughout: a table is read as
text, every transform maps text to text, and what is written is the text that was read, so that
preparation gives the same bytes whatever the version of the library underneath.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TableReader(_Model):
    """How one table is read from one or more raw files of the same layout."""

    files: tuple[str, ...] = Field(min_length=1)
    """Paths relative to the dataset; several are concatenated in this order."""
    format: Literal["delimited", "json", "jsonl", "parquet", "arff"] = "delimited"
    compression: Literal["none", "gzip", "bz2", "xz", "zip"] = "none"
    encoding: str = "utf-8"
    """A codec name of Python; `utf-8-sig` where a byte-order mark stands in front."""
    delimiter: str = Field(default=",", min_length=1)
    """One character, several (where nothing is quoted), or `whitespace` for runs of blanks."""
    quote: str = '"'
    """One character, or empty where nothing is quoted."""
    escape: str = ""
    """The character before a quote inside a quoted value, where quotes are not doubled."""
    decode_errors: Literal["strict", "replace"] = "strict"
    """`replace` writes U+FFFD for the odd byte that the encoding does not know."""
    decimal: Literal[".", ","] = "."
    """With `,` a value such as `1.234,5` is rewritten as `1234.5`."""
    skip_rows: int = Field(default=0, ge=0)
    """Lines before the header (or the data) that are not part of the table."""
    skip_footer: int = Field(default=0, ge=0)
    """Lines after the data that are not part of the table, at the end of every file."""
    header_rows: int = Field(default=1, ge=0, le=2)
    """0: none, `columns` names them; 2: both joined with ` - `."""
    columns: tuple[str, ...] = ()
    """Names of the columns where the file has none (or replaces those it has)."""
    missing: tuple[str, ...] = ("", "NA", "NaN", "nan", "null", "NULL", "None", "?")
    """Spellings (after stripping blanks) that mean missing."""
    file_column: str | None = None
    """Name of a column that tells the file a row came from: its stem, or where stems repeat the
    part of its path in which the files differ."""


class DropColumns(_Model):
    """Remove columns."""

    op: Literal["drop"] = "drop"
    columns: tuple[str, ...]


class RenameColumns(_Model):
    """Rename columns."""

    op: Literal["rename"] = "rename"
    names: dict[str, str]
    """Old name to new name."""


class RequireValue(_Model):
    """Drop the rows in which a column is missing."""

    op: Literal["require"] = "require"
    column: str


class ExcludeValues(_Model):
    """Drop the rows in which a column has one of the values."""

    op: Literal["exclude"] = "exclude"
    column: str
    values: tuple[str, ...]


class ParseNumber(_Model):
    """Read numbers out of text such as `$1,234.50`, `12 %`, `3.4M` or `<0.05`; else missing."""

    op: Literal["parse_number"] = "parse_number"
    column: str
    into: str


class ParseDuration(_Model):
    """Write durations such as `1h 35m`, `1:35:20` or `PT1H35M` as minutes; else missing."""

    op: Literal["parse_duration"] = "parse_duration"
    column: str
    into: str


class ParseDate(_Model):
    """Write dates in ISO 8601; what does not follow the format becomes missing."""

    op: Literal["parse_date"] = "parse_date"
    column: str
    into: str
    format: str
    """A `strptime` format, or `ISO8601`, or `unix_s`."""


class Bin(_Model):
    """Cut a numeric column at edges; n edges give n+1 labels; a value on an edge goes up."""

    op: Literal["bin"] = "bin"
    column: str
    into: str
    edges: tuple[float, ...] = Field(min_length=1)
    labels: tuple[str, ...]


class MapValues(_Model):
    """Replace values by labels; what is not named becomes `other` (missing where None)."""

    op: Literal["map"] = "map"
    column: str
    into: str
    values: dict[str, str]
    other: str | None = None


class Extract(_Model):
    """Take the first group of a regular expression (searched; missing where it does not match)."""

    op: Literal["extract"] = "extract"
    column: str
    into: str
    pattern: str


class Arithmetic(_Model):
    """Combine two numeric columns."""

    op: Literal["arithmetic"] = "arithmetic"
    left: str
    right: str
    into: str
    operation: Literal["sum", "difference", "product", "ratio", "compare"]
    """`compare` gives `less`, `equal` or `greater`."""


class Deduplicate(_Model):
    """Keep the first of rows that are equal in all columns."""

    op: Literal["deduplicate"] = "deduplicate"


class SampleRows(_Model):
    """Keep at most `rows` rows, drawn with the recipe's seed, in their order."""

    op: Literal["sample"] = "sample"
    rows: int = Field(gt=0)


Transform = Annotated[
    DropColumns
    | RenameColumns
    | RequireValue
    | ExcludeValues
    | ParseNumber
    | ParseDuration
    | ParseDate
    | Bin
    | MapValues
    | Extract
    | Arithmetic
    | Deduplicate
    | SampleRows,
    Field(discriminator="op"),
]


class Holdout(_Model):
    """Which rows are hidden.

    Rows that are equal in every column always fall on the same side, so that no hidden row has a
    copy in the training file. `group` and `time` keep a group, or the future, out of the training
    rows; the public and private parts of a group holdout share no group either.
    """

    kind: Literal["random", "stratified", "group", "time"]
    column: str | None = None
    """The grouping or time column (`group`, `time`). It may be dropped from the features."""
    drop_column: bool = False
    """Whether that column is left out of the files that solvers see."""
    test_fraction: float = Field(default=0.3, gt=0, lt=1)
    """Share of the rows that are hidden."""
    private_fraction: float = Field(default=0.6, gt=0, lt=1)
    """Share of the hidden rows that are private."""


class TableRecipe(_Model):
    """One row of a table is one example."""

    kind: Literal["table"] = "table"
    version: int = 1
    """Version of the recipe's meaning; part of the cache key."""
    reader: TableReader
    transforms: tuple[Transform, ...] = ()
    target: str
    """Column to predict, as it is called after the transforms."""
    holdout: Holdout
    id_column: str = "id"
    """Name of the id column that is made: opaque, shuffled, without order or meaning."""
    seed: int = 0


class ScriptRecipe(_Model):
    """`prepare.py` beside the manifest makes the task: `prepare(raw, public, private)`.

    The script runs in a sandbox of its own and must give the files that the manifest's `prepared`
    names (but for `description.md`, which is written for it): `public/train.csv`,
    `public/test.csv`, `public/sample_submission.csv`, `private/answers.csv` with a column `Usage`,
    and whatever else of `public/` is named there.
    """

    kind: Literal["script"] = "script"
    version: int = 1
    """Version of the recipe's meaning; part of the cache key."""
    target: str
    """Column of `train.csv` and `answers.csv` to predict."""
    holdout: Holdout = Holdout(kind="random")
    """How the script says that it hides rows; verified, not carried out."""
    id_column: str = "id"
    """Name of the id column in all files."""
    seed: int = Field(default=0, ge=0)
    """Fixes the global random state of the script."""
    timeout_s: float = Field(default=600.0, gt=0, le=7200.0)
    """Wall-clock seconds that the script may take."""
    memory_bytes: int = Field(default=4 * 1024**3, ge=64 * 1024**2)
    """Memory that it may use."""
    output_bytes: int = Field(default=1024**3, gt=0)
    """Size of all files that it may write."""


Recipe = Annotated[TableRecipe | ScriptRecipe, Field(discriminator="kind")]
"""All kinds of recipe, told apart by `kind`."""
