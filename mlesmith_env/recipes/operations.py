"""The transforms of a recipe as data: each maps a table of text to a table of text.

Those of the first part change cells and rows of a table; those of the second its unit: what one
row stands for.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)


class Model(BaseModel):
    """Frozen data of a recipe; unknown keys are refused.

    Fields named in `later` came after recipes had been sealed: they are left out of the serialised
    form where they have their default, so that the digests of older packages hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _less_what_is_usual(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data = handler(self)
        fields = type(self).model_fields
        usual = {name for name in self.later if getattr(self, name) == fields[name].default}
        return {key: value for key, value in data.items() if key not in usual}


class DropColumns(Model):
    """Remove columns."""

    op: Literal["drop"] = "drop"
    columns: tuple[str, ...]


class RenameColumns(Model):
    """Rename columns."""

    op: Literal["rename"] = "rename"
    names: dict[str, str]
    """Old name to new name."""


class RequireValue(Model):
    """Drop the rows in which a column is missing."""

    op: Literal["require"] = "require"
    column: str


class ExcludeValues(Model):
    """Drop the rows in which a column has one of the values."""

    op: Literal["exclude"] = "exclude"
    column: str
    values: tuple[str, ...]


class ParseNumber(Model):
    """Read numbers out of text such as `$1,234.50`, `12 %`, `3.4M` or `<0.05`; else missing."""

    op: Literal["parse_number"] = "parse_number"
    column: str
    into: str


class ParseDuration(Model):
    """Write durations such as `1h 35m`, `1:35:20` or `PT1H35M` as minutes; else missing."""

    op: Literal["parse_duration"] = "parse_duration"
    column: str
    into: str


class ParseDate(Model):
    """Write dates in ISO 8601; what does not follow the format becomes missing."""

    op: Literal["parse_date"] = "parse_date"
    column: str
    into: str
    format: str
    """A `strptime` format, `ISO8601`, `unix_s`, or `year_fraction` (`1949.25` is April 1949)."""


class Bin(Model):
    """Cut a numeric column at edges; n edges give n+1 labels; a value on an edge goes up."""

    op: Literal["bin"] = "bin"
    column: str
    into: str
    edges: tuple[float, ...] = Field(min_length=1)
    labels: tuple[str, ...]


class MapValues(Model):
    """Replace values by labels; what is not named becomes `other` (missing where None)."""

    op: Literal["map"] = "map"
    column: str
    into: str
    values: dict[str, str]
    other: str | None = None


class Extract(Model):
    """Take the first group of a regular expression (searched; missing where it does not match)."""

    later: ClassVar[frozenset[str]] = frozenset(("words",))

    op: Literal["extract"] = "extract"
    column: str
    into: str
    pattern: str
    words: bool = False
    """Whether it is done to each blank-separated word, which stays where there is no match."""


class Arithmetic(Model):
    """Combine two numeric columns."""

    op: Literal["arithmetic"] = "arithmetic"
    left: str
    right: str
    into: str
    operation: Literal["sum", "difference", "product", "ratio", "compare"]
    """`compare` gives `less`, `equal` or `greater`."""


class Deduplicate(Model):
    """Keep the first of rows that are equal in all columns."""

    op: Literal["deduplicate"] = "deduplicate"


class SampleRows(Model):
    """Keep at most `rows` rows, drawn with the recipe's seed, in their order."""

    op: Literal["sample"] = "sample"
    rows: int = Field(gt=0)


class KeepValues(Model):
    """Keep the rows in which a column has one of the values."""

    op: Literal["keep"] = "keep"
    column: str
    values: tuple[str, ...]


class KeepFrequent(Model):
    """Keep the rows whose value in a column stands in so many rows at least; none without one."""

    op: Literal["keep_frequent"] = "keep_frequent"
    column: str
    rows: int = Field(gt=0)


class Select(Model):
    """Keep the named columns alone, in this order."""

    op: Literal["select"] = "select"
    columns: tuple[str, ...] = Field(min_length=1)


class Combine(Model):
    """Join columns into one text; what is missing is passed over, nothing at all is missing."""

    op: Literal["combine"] = "combine"
    columns: tuple[str, ...] = Field(min_length=1)
    into: str
    separator: str = " "


class OneWord(Model):
    """Write each value as one word: blanks become underscores."""

    op: Literal["one_word"] = "one_word"
    column: str
    into: str


class NumberRows(Model):
    """Number the rows in their order from 0, anew for each combination of values of `by`."""

    op: Literal["number"] = "number"
    into: str
    by: tuple[str, ...] = ()


class Indicators(Model):
    """Split a column that lists several values into one column of 0 and 1 for each value.

    Where the list is missing so are all of them.
    """

    later: ClassVar[frozenset[str]] = frozenset(("trim",))

    op: Literal["indicators"] = "indicators"
    column: str
    separator: str = Field(min_length=1)
    """What stands between two values; blanks around them do not count."""
    values: tuple[str, ...] = Field(min_length=1)
    """Values that get a column; others are passed over."""
    prefix: str = ""
    """What stands before the value in the name of its column."""
    trim: str = ""
    """Characters around a value that are no part of it, such as brackets and quotes."""


class Connect(Model):
    """Number the rows so that all that share a value, directly or by way of others, are one.

    Values of all the columns are compared with each other, whatever their letter case and blanks:
    of pairs of texts no text stands in two of the groups. A missing value connects nothing.
    """

    op: Literal["connect"] = "connect"
    columns: tuple[str, ...] = Field(min_length=1)
    into: str


class Grid(Model):
    """Name the cell of a grid over latitude and longitude (or a plane) in which a row lies.

    A cell is called by its south-west corner in whole steps: `r<row>c<column>`.
    """

    op: Literal["grid"] = "grid"
    latitude: str
    longitude: str
    degrees: float = Field(gt=0)
    """Size of a cell in the unit of the columns, mostly degrees; the same in both directions."""
    into: str


class Entity(Model):
    """Write the words of the one entity of a kind that a tagged sentence names.

    Missing where there is none, or several.
    """

    op: Literal["entity"] = "entity"
    tokens: str
    """Column of tokens, joined with blanks."""
    tags: str
    """Column of their tags: `O`, or `B-`, `I-` and a kind."""
    kind: str
    into: str


class Boxes(Model):
    """Write a box as `label x y width height`, x and y of its upper left corner, as `boxes` wants.

    Missing where one of its numbers is, or where it has no area.
    """

    op: Literal["boxes"] = "boxes"
    label: str
    """Column of the label; blanks in a label become underscores."""
    x: str
    y: str
    right: str
    """Column of the right edge, or of the width."""
    bottom: str
    """Column of the bottom edge, or of the height."""
    form: Literal["corners", "size", "centre"] = "corners"
    """`corners`: left, top, right, bottom. `size`: left, top, width, height. `centre`: the middle,
    width, height."""
    into: str


class Mask(Model):
    """Write which pixels of an image file stand out, as runs `start length start length ...`.

    Pixels are counted from 0, row by row. A pixel stands out where its stored value (grey level,
    or index in a palette) is above `above`. Needs Pillow.
    """

    op: Literal["mask"] = "mask"
    column: str
    """Paths of the image files, relative to the dataset."""
    into: str
    """An image without such a pixel gives a missing value."""
    above: int = Field(default=127, ge=0)
    height_into: str | None = None
    """Column for the number of pixels from top to bottom, where wanted."""
    width_into: str | None = None


class ImageSize(Model):
    """Write height and width of image files, in pixels. Needs Pillow."""

    op: Literal["image_size"] = "image_size"
    column: str
    """Paths of the image files, relative to the dataset."""
    height_into: str
    width_into: str


class Unpivot(Model):
    """Turn a wide table long: one row for each row and each column that does not stay.

    Rows come in the order of the wide ones, and within one in the order of its columns.
    """

    op: Literal["unpivot"] = "unpivot"
    keep: tuple[str, ...]
    """Columns that stay, repeated on each of the rows."""
    name_into: str = "variable"
    """Column for the name of the column that a value comes from."""
    value_into: str = "value"


class FillDown(Model):
    """Write the value above where a column has none, as reports leave out what repeats."""

    op: Literal["fill_down"] = "fill_down"
    column: str


class Gather(Model):
    """Make one row of all rows with the same key, in the order in which keys first stand there.

    Values of the columns are joined with blanks, in the order of the rows. All other columns go.
    """

    op: Literal["gather"] = "gather"
    by: tuple[str, ...] = Field(min_length=1)
    """The key; a missing value is a value of its own."""
    columns: tuple[str, ...] = ()
    """Columns whose values are joined."""
    first: tuple[str, ...] = ()
    """Columns of which the first value that is not missing stays."""
    missing: str | None = "nan"
    """What stands for a missing value among the joined; None: it is passed over."""
    blanks: Literal["underscore", "keep"] = "underscore"
    """What becomes of blanks within a value, which would seem to part two values."""
    count_into: str | None = None
    """Column for the number of rows, where wanted."""
