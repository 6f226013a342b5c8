"""Recipes as data: what a manifest says about how raw files become a task.

A recipe is reader x transforms x unit of a row x holdout, or the announcement of a script that does
the same in a sandbox. Nothing in it is code, so loading the recipe of a stranger runs nothing of
theirs. Values are strings throughout: a table is read as text, every transform maps text to text,
and what is written is the text that was read, so that preparation gives the same bytes whatever
the version of the library underneath.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mlesmith_env.recipes.operations import (
    Arithmetic,
    Bin,
    Boxes,
    Combine,
    Connect,
    Deduplicate,
    DropColumns,
    Entity,
    ExcludeValues,
    Extract,
    FillDown,
    Gather,
    Grid,
    ImageSize,
    Indicators,
    KeepFrequent,
    KeepValues,
    MapValues,
    Mask,
    Model,
    NumberRows,
    OneWord,
    ParseDate,
    ParseDuration,
    ParseNumber,
    RenameColumns,
    RequireValue,
    SampleRows,
    Select,
    Unpivot,
)


class TableReader(Model):
    """How one table is read from one or more raw files of the same layout.

    `files` does not look into the files but lists them, one a row, sorted by path: `file` (path),
    `folder` (name of the folder that it lies in), `name`, `stem`, `ending` (in small letters).
    `conll` gives a sentence a row: `tokens` and `tags`, joined with blanks; so does `utterances`
    of texts in JSON with marked pieces, and their `label`.
    `ts` gives a case a row: `channel_1`, `channel_2`, ... of numbers joined with blanks, and
    `label`.
    """

    later: ClassVar[frozenset[str]] = frozenset(("text", "token_column", "tag_column", "table"))

    files: tuple[str, ...] = Field(min_length=1)
    """Paths relative to the dataset; several are concatenated in this order. For the format `files`
    patterns: `*` and `?` within a name, `**` for any folders, `[abc]`."""
    format: Literal[
        "delimited",
        "json",
        "jsonl",
        "parquet",
        "arff",
        "files",
        "conll",
        "utterances",
        "ts",
        "excel",
        "sqlite",
        "svmlight",
        "xml",
        "sql",
        "arrow",
        "gml",
    ] = "delimited"
    table: str = ""
    """Which table of a file that may hold several: the sheet (`excel`), the table (`sqlite` and
    `sql`), the path of the element that is a row, such as `catalog/book` (`xml`), `edges` or
    `nodes` (`gml`), the path of records inside records, such as `data/paragraphs/qas` (`json`)."""
    compression: Literal["none", "gzip", "bz2", "xz", "zip"] = "none"
    encoding: str = "utf-8"
    """A codec name of Python; `utf-8-sig` where a byte-order mark stands in front."""
    delimiter: str = Field(default=",", min_length=1)
    """One character, several (where nothing is quoted), or `whitespace` for runs of blanks."""
    quote: str = '"'
    """One character, or empty where nothing is quoted."""
    escape: str = ""
    """The character before a quote inside a quoted value, where quotes are not doubled; with `sql`
    a backslash where strings are written as MySQL does."""
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
    """Names of the columns where the file has none (or replaces those it has). With `xml` and
    `svmlight`, whose rows leave out what they do not have: all columns that there may be."""
    missing: tuple[str, ...] = ("", "NA", "NaN", "nan", "null", "NULL", "None", "?")
    """Spellings (after stripping blanks) that mean missing."""
    file_column: str | None = None
    """Name of a column that tells the file a row came from: its stem, or where stems repeat the
    part of its path in which the files differ."""
    text: bool = False
    """With `files`: whether a column `text` holds the content of each file."""
    token_column: int = 0
    """With `conll`: which column of a line holds the token, from 0; negative from the end."""
    tag_column: int = -1
    """With `conll`: which one holds the tag."""

    @property
    def place(self) -> str:
        """Where the table begins: its first file, and which of the tables in that file it is."""
        return f"{self.files[0]}#{self.table}" if self.table else self.files[0]


class Join(Model):
    """Bring in columns of another table of the dataset.

    Every row stays, in its order; where the other table has no such key the columns are missing.
    The key has to be unique there, unless its rows are to be put together.
    """

    op: Literal["join"] = "join"
    table: TableReader
    """How the other table is read."""
    transforms: tuple[Transform, ...] = ()
    """What is done to it first."""
    on: dict[str, str] = Field(min_length=1)
    """The key: column here to column there."""
    columns: tuple[str, ...] = ()
    """Columns to bring; empty: all but the key's."""
    prefix: str = ""
    """What is put before their names."""
    together: Literal["first", "mean", "sum", "min", "max"] | None = None
    """What becomes of several rows with one key: the first value that is not missing, or this of
    the numbers. None: they are refused."""
    count_into: str | None = None
    """Column for the number of rows with the key (0 where there is none), where wanted."""


class Within(Model):
    """Mark the rows whose time lies in one of the spans that another table lists: `1`, else `0`.

    A time without a value stays without a mark; a span without its start or its end is passed over.
    """

    op: Literal["within"] = "within"
    column: str
    """Times here: numbers, or dates in ISO 8601."""
    table: TableReader
    """How the spans are read."""
    transforms: tuple[Transform, ...] = ()
    """What is done to them first."""
    on: dict[str, str] = Field(default_factory=dict)
    """Whose spans they are: column here to column there; empty: they hold for every row."""
    start: str
    """Column there of the first moment of a span."""
    end: str
    """Column there of its last; a date without a time is meant to its end. May be `start`."""
    into: str


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
    | SampleRows
    | KeepValues
    | KeepFrequent
    | Select
    | Combine
    | Connect
    | OneWord
    | NumberRows
    | Indicators
    | Entity
    | Grid
    | Boxes
    | Mask
    | ImageSize
    | Unpivot
    | FillDown
    | Gather
    | Join
    | Within,
    Field(discriminator="op"),
]


class Holdout(Model):
    """Which rows are hidden.

    Rows that are equal in every column always fall on the same side, so that no hidden row has a
    copy in the training file. `group` and `time` keep a group, or the future, out of the training
    rows; the public and private parts of a group holdout share no group either. `last` hides the
    last moments of each of several series, whose ends may differ.
    """

    later: ClassVar[frozenset[str]] = frozenset(("group", "horizon", "twins"))

    kind: Literal["random", "stratified", "group", "time", "last"]
    column: str | None = None
    """The grouping or time column (`group`, `time`, `last`). It may be left out of the features."""
    group: str | None = None
    """With `last`: the column that names the series; None where there is one only."""
    horizon: int | None = Field(default=None, gt=0)
    """With `last`: how many moments of each series are hidden; None: the share `test_fraction`."""
    twins: str | None = None
    """With `random` and `stratified`: the further table whose first two columns name the ends of
    links, the first as the nodes are named in the table. Nodes that are linked to the very same
    others are on one side."""
    drop_column: bool = False
    """Whether that column is left out of the files that solvers see."""
    test_fraction: float = Field(default=0.3, gt=0, lt=1)
    """Share of the rows that are hidden."""
    private_fraction: float = Field(default=0.6, gt=0, lt=1)
    """Share of the hidden rows that are private."""


class Media(Model):
    """A column of paths to raw files that come along.

    Each file is copied to `public/<folder>/<id>.<ending>`, and that path, without `public/`, is
    written in its place. Rows with equal files are on one side of a random or stratified holdout.
    """

    column: str
    """A column of the table after the transforms; a missing value stays missing."""
    folder: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)


class SideTable(Model):
    """A further table that solvers get whole, as `public/<name>.csv`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    reader: TableReader
    transforms: tuple[Transform, ...] = ()


class TableRecipe(Model):
    """One row of a table is one example."""

    later: ClassVar[frozenset[str]] = frozenset(("media", "tables"))

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
    media: tuple[Media, ...] = ()
    tables: tuple[SideTable, ...] = ()


class LinksRecipe(Model):
    """One pair of nodes of a graph is one example: are they linked?

    The table holds an edge a row. `test_fraction` of the linked pairs is hidden, drawn at random
    or, with a `time` holdout, the latest; the same share of the rest gives the training pairs. What
    remains is `public/edges.csv`, with all other columns of the table. To the hidden and to the
    training pairs come as many that are not linked, drawn so that nodes are met about as often.
    """

    kind: Literal["links"] = "links"
    version: int = 1
    """Version of the recipe's meaning; part of the cache key."""
    reader: TableReader
    transforms: tuple[Transform, ...] = ()
    ends: tuple[str, str]
    """The two columns that name the nodes of an edge."""
    directed: bool = False
    """Whether a link from the first to the second says nothing of the way back."""
    target: str = "linked"
    """Name of the column of 0 and 1 that is made."""
    holdout: Holdout
    """`random`, or `time` with a column of the edges."""
    id_column: str = "id"
    """Name of the id column that is made: opaque, shuffled, without order or meaning."""
    seed: int = 0
    tables: tuple[SideTable, ...] = ()
    """For instance what is known of the nodes."""


class InteractionsRecipe(Model):
    """One user is one example: which items come next?

    The table holds an interaction a row. The last (or, without `time`, any) `held` items of each
    user who has enough of them are held out; of two interactions of one pair the later counts.
    `test_fraction` of these users is hidden; the held items of the others stand in the training
    file. All other interactions are `public/interactions.csv`; an item that is not met there is
    left out.
    """

    kind: Literal["interactions"] = "interactions"
    version: int = 1
    """Version of the recipe's meaning; part of the cache key."""
    reader: TableReader
    transforms: tuple[Transform, ...] = ()
    user: str
    item: str
    """Its column; the name of an item has no blanks (see `OneWord`)."""
    time: str | None = None
    """Numbers or ISO dates that order the interactions of a user."""
    held: int = Field(default=5, gt=0)
    """Items of a user that are held out, at most half of those that they have."""
    least: int = Field(default=4, ge=2)
    """Items that a user must have to be an example."""
    target: str = "items"
    """Name of the column of items that is made."""
    holdout: Holdout = Holdout(kind="random")
    """`random`: which users are hidden."""
    id_column: str = "id"
    """Name of the id column that is made: opaque, shuffled, without order or meaning."""
    seed: int = 0
    tables: tuple[SideTable, ...] = ()
    """For instance what is known of users and of items."""


class ScriptRecipe(Model):
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


Recipe = Annotated[
    TableRecipe | LinksRecipe | InteractionsRecipe | ScriptRecipe, Field(discriminator="kind")
]
"""All kinds of recipe, told apart by `kind`."""
