"""Tables of boxes: which columns say where in a picture something is."""

from __future__ import annotations

from mlesmith_generator.records import TableProfile

_CORNERS = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
)
_SIZES = (("x", "y", "w", "h"), ("x", "y", "width", "height"), ("left", "top", "width", "height"))
_LABELS = ("class", "label", "category", "name", "object", "type", "species")


def box_of(table: TableProfile) -> tuple[str, tuple[str, str, str, str], str] | None:
    """Return the columns of label and box of a table, and whether they are `corners` or `size`."""
    names = {column.name.casefold(): column.name for column in table.columns}
    label = next((names[word] for word in _LABELS if word in names), None)
    if label is None:
        return None
    for form, options in (("corners", _CORNERS), ("size", _SIZES)):
        for option in options:
            if all(name in names for name in option):
                a, b, c, d = (names[name] for name in option)
                return label, (a, b, c, d), form
    return None
