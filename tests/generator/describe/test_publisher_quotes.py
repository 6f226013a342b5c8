"""Pages quote what the publisher says of the data and calls the classes, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

from made_pages import orchard, write

from mlesmith_generator.describe import Page, describe

SORTS = {"Boskop": "russet", "Elstar": "crisp dessert", "Gala": "export", "Rubin": "late"}


def sorted_page(
    names: dict[str, str], *, about: str = "", titled: str = "", tables: int = 1
) -> Page:
    page = write(
        orchard(),
        target="sort",
        objective="multiclass",
        metric="log_loss",
        classes=["Boskop", "Elstar", "Gala", "Rubin"],
    )
    assert page.table is not None
    table = page.table.model_copy(update={"class_names": {"sort": names}})
    told = {"about": about, "titled": titled, "tables": (table,) * tables}
    return replace(page, table=table, profile=page.profile.model_copy(update=told))


def test_classes_stand_with_the_names_that_the_publisher_gives_them() -> None:
    text = describe(sorted_page(SORTS))
    assert "| class | in the publisher's words | training rows | share |" in text
    assert "| `Gala` | “export” |" in text
    assert "publisher's words |" not in describe(sorted_page({"Gala": "export"}))


def test_the_context_quotes_what_the_data_are_once() -> None:
    said = "Each row is a tree of an orchard in Kent"
    text = describe(sorted_page({}, about=said, titled="Kentish apple harvests"))
    assert text.count(f"“{said}”") == 1
    assert text.index(said) < text.index("## Files")
    assert "Kentish" not in text


def test_a_title_is_quoted_where_it_tells_more_and_of_one_table() -> None:
    title = "Kentish apple harvests"
    assert f"“{title}”" in describe(sorted_page({}, titled=title))
    assert title not in describe(sorted_page({}, titled=title, tables=2))
    assert "“Orchard data”" not in describe(sorted_page({}, titled="Orchard data"))


def test_what_is_quoted_marks_nothing_up() -> None:
    text = describe(sorted_page({}, about="Trees of a *nursery* and | of an orchard"))
    assert "“Trees of a \\*nursery\\* and \\| of an orchard”" in text
