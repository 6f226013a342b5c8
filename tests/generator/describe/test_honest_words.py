"""Pages name what the publisher names, say what is not named, and count what was left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_pages import orchard, write

from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Bin, Holdout, MapValues, RequireValue, TableReader, Transform
from mlesmith_generator.describe import Page, describe, title_of
from mlesmith_generator.describe.beyond import with_test
from mlesmith_generator.describe.phrases import bank
from mlesmith_generator.describe.reading import reading_of
from mlesmith_generator.describe.scoring import metric_section
from mlesmith_generator.describe.target import target_section
from mlesmith_generator.gates.truthfulness import claimed_holdouts
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import ColumnProfile, DatasetProfile, Idea, TableProfile
from mlesmith_generator.sniff.mending import mended


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))


def titled(
    target: str,
    meaning: str = "",
    *,
    objective: Objective = "regression",
    nameless: bool = False,
    transforms: tuple[Transform, ...] = (),
) -> str:
    """Return the title of a task of a table of nine columns."""
    columns = tuple(f"column_{place}" for place in range(1, 10)) if nameless else (target, "other")
    reader = TableReader(
        files=("a.csv",), header_rows=0 if nameless else 1, columns=columns if nameless else ()
    )
    profile = DatasetProfile(
        dataset="owner__oats",
        subject="oats",
        tables=(
            TableProfile(
                name="t",
                reader=reader,
                rows=9,
                sampled=False,
                columns=tuple(
                    ColumnProfile(name=name, type="number", rows=9, missing=0, distinct=9)
                    for name in columns
                ),
                meanings={target: meaning} if meaning else {},
            ),
        ),
    )
    made = transforms[-1] if transforms else None
    idea = Idea(
        dataset="owner__oats",
        table="t",
        target=made.into if isinstance(made, Bin) and made.into else target,
        target_source=target,
        objective=objective,
        metric=MetricSpec(name="rmse"),
        holdout=Holdout(kind="random"),
        transforms=transforms,
        justification="",
    )
    return title_of(profile, idea)


@pytest.mark.parametrize(
    ("target", "meaning", "title"),
    [
        ("stateur", "State unemployment rate (in %)", "Oats: predict state unemployment rate"),
        ("testwt", "the test weight", "Oats: predict test weight"),
        ("yield", "Yield of the plot", "Oats: predict yield"),
        ("lwage", "log(wage)", "Oats: predict lwage"),
        ("marr", "=1 if married", "Oats: predict marr"),
        ("smsa", "a factor with levels (no,yes)", "Oats: predict smsa"),
        ("N4", "Often feel blue", "Oats: predict N4, “often feel blue”"),
        ("y", "", "Oats: predict y"),
    ],
)
def test_a_title_takes_the_publishers_few_words_for_a_code(
    target: str, meaning: str, title: str
) -> None:
    assert titled(target, meaning) == title


def test_a_column_without_a_name_is_called_so() -> None:
    assert titled("column_4", nameless=True) == "Oats: predict an unnamed number (column 4 of 9)"
    assert (
        titled("column_9", objective="binary", nameless=True)
        == "Oats: predict an unnamed class (column 9 of 9)"
    )
    assert titled("column_9", "Rings", nameless=True) == "Oats: predict rings"


def test_three_bands_are_listed_as_people_list() -> None:
    band = Bin(column="yield", into="band", edges=(1, 2), labels=("low", "medium", "high"))
    assert titled("yield", transforms=(band,)) == "Oats: yield, low, medium or high"


def gapped(gaps: int) -> Page:
    frame = orchard()
    frame["harvest_kg"] = frame["harvest_kg"].astype(object)
    frame.loc[: gaps - 1, "harvest_kg"] = ""
    return write(frame, target="harvest_kg", transforms=(RequireValue(column="harvest_kg"),))


def test_rows_without_an_answer_are_counted() -> None:
    told = section(describe(gapped(37)), "Target")
    sentence = next(s for s in re.split(r"(?<=\.)\s", told) if "37" in s and "300" in s)
    assert "`harvest_kg`" in sentence
    whole = section(describe(gapped(0)), "Target")
    assert "left out" not in whole
    assert "300" not in whole


def test_rows_without_an_answer_are_a_share_where_a_sample_was_measured() -> None:
    page = gapped(60)
    assert page.table is not None
    sampled = replace(page, table=page.table.model_copy(update={"sampled": True}))
    told = section(describe(sampled), "Target")
    assert "20 %" in told
    assert "60" not in told


def test_levels_are_listed_in_their_own_order() -> None:
    band = Bin(
        column="harvest_kg", into="size", edges=(35.0, 45.0), labels=("low", "medium", "high")
    )
    page = write(
        orchard(),
        target="size",
        objective="ordinal",
        metric="quadratic_kappa",
        transforms=(band,),
        classes=("low", "medium", "high"),
    )
    assert "| `low`, `medium`, `high` |" in row(describe(page), "size")


def test_a_letter_for_a_name_is_said_to_be_one() -> None:
    page = write(orchard().rename(columns={"harvest_kg": "y"}), target="y")
    assert "what `y` stands for is not told" in row(describe(page), "y")
    assert page.table is not None
    told = page.table.model_copy(update={"meanings": {"y": "harvest in kg"}})
    assert "not told" not in row(describe(replace(page, table=told)), "y")


def test_long_is_a_longitude_only_by_itself() -> None:
    frame = orchard()
    frame["long_rate"] = np.linspace(0, 15, len(frame)).round(2)
    frame["long"] = np.linspace(-10, 15, len(frame)).round(2)
    text = describe(write(frame, target="harvest_kg"))
    assert "degrees" not in row(text, "long_rate")
    assert "degrees" in row(text, "long")


def test_min_is_a_minimum_beside_a_maximum_only() -> None:
    assert reading_of("temp_min", {"temp_min", "temp_max"}) == "presumably temperature minimum"
    assert reading_of("proof_min", {"proof_min", "hold_min"}) == ""
    assert reading_of("Lat/Long") == "presumably latitude longitude"


def test_no_tail_is_told_of_values_that_end_where_the_tail_begins() -> None:
    draw = np.random.default_rng(4)
    frame = orchard()
    frame["effort"] = draw.choice([0, 1, 2, 3], len(frame), p=[0.8, 0.1, 0.05, 0.05])
    page = write(frame, target="effort", metric="spearman")
    for number in range(12):
        text = describe(replace(page, slug=f"{page.slug}-{number}"))
        told = section(text, "Target") + section(text, "Metric")
        assert "99 %" not in told
        assert "hundredth" not in told


def test_documents_encoded_twice_are_mended() -> None:
    meant = "l\u2019âge de l\u2019élève\nplain\n"
    twice = meant.encode().decode("cp1252").encode()
    assert mended(twice) == meant
    assert mended(meant.encode()) == meant
    assert mended("âge".encode("cp1252")) == "âge"
    assert mended("São Paulo, Ã".encode()) == "São Paulo, Ã"
    assert mended("an age, é".encode()[:-1]) == "an age, "


def test_a_row_shown_in_a_document_defines_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {name: [f"{name} {place}" for place in range(200)] for name in ("headline", "body", "url")}
    ).assign(label=["a", "b"] * 100)
    frame.to_csv(tmp_path / "news.csv", index=False)
    sample = (
        "An example:\n\n{\n'label': 0,\n'headline': \"'Go for it'\",\n"
        "'body': \"Some words about it\",\n'url': 'of the page'\n}\n"
    )
    (tmp_path / "README.md").write_text(sample, encoding="utf-8")
    assert profile_dataset(tmp_path, "news").tables[0].meanings == {}
    (tmp_path / "README.md").write_text(
        sample.replace("'label': 0,", "'label': \"What it is about\","), encoding="utf-8"
    )
    assert profile_dataset(tmp_path, "news").tables[0].meanings["label"] == "What it is about"


@pytest.mark.parametrize(
    ("sizes", "wrong"),
    [((59, 59, 41, 20), "`a`"), ((59, 40, 20, 20), "`d`"), ((9, 9, 4, 4), "`a`")],
)
def test_no_class_is_said_to_lead_or_to_trail_alone_that_does_not(
    banded: Page, sizes: tuple[int, ...], wrong: str
) -> None:
    facts = replace(banded.facts, classes=tuple(zip("abcd", sizes, strict=True)))
    for number in range(30):
        told = target_section(replace(banded, facts=facts, slug=f"s{number}")).split("\n\n")[0]
        assert wrong not in told, told


def test_a_left_tail_is_told_only_where_a_hundredth_lies_below_another_value(harvest: Page) -> None:
    target = replace(harvest.facts.target, skew=-2.0, minimum=10.0, maximum=50.0, low=12.0)
    for low, told in ((12.0, True), (10.0, False)):
        facts = replace(harvest.facts, target=replace(target, low=low))
        texts = [
            target_section(replace(harvest, facts=facts, slug=f"s{number}")) for number in range(8)
        ]
        assert all(("12" in text) == told for text in texts), texts


def test_a_column_that_was_made_for_the_split_was_never_in_the_raw_table(banded: Page) -> None:
    holdout = banded.recipe.holdout
    for column, made in (("orchard_id", False), ("cell_of_map", True)):
        hidden = replace(
            banded,
            recipe=banded.recipe.model_copy(
                update={"holdout": holdout.model_copy(update={"column": column})}
            ),
            facts=replace(
                banded.facts,
                features=tuple(each for each in banded.facts.features if each.name != column),
            ),
        )
        told = section(describe(hidden), "Holdout")
        assert ("made for the split" in told) is made
        assert f"`{column}`" in told


@pytest.mark.parametrize(("rows", "rough"), [(300, True), (5_000, False)])
def test_the_public_part_is_told_and_a_small_one_is_called_rough(
    banded: Page, rows: int, rough: bool
) -> None:
    for number in range(20):
        page = replace(banded, facts=replace(banded.facts, test_rows=rows), slug=f"p{number}")
        told = section(describe(page), "Holdout")
        share = round(100 * (1 - banded.recipe.holdout.private_fraction))
        assert f"{share} %" in told or f"{100 - share} %" in told
        few = re.search(r"(?i)\bfew (?:public )?rows|rows are few|part is small", told)
        assert (few is not None) is rough


def tied(mixed: int) -> Page:
    """Trees of two classes; so many of the rare one equal the last one in all but the class."""
    frame = orchard()
    frame["kind"] = np.where(np.arange(len(frame)) < 20, "rare", "usual")
    features = [name for name in frame.columns if name != "kind"]
    frame.loc[: mixed - 1, features] = frame[features].iloc[-1].to_list()
    holdout = Holdout(kind="stratified")
    return write(
        frame, target="kind", objective="binary", metric="roc_auc", holdout=holdout,
        classes=("usual", "rare"),
    )  # fmt: skip


@pytest.mark.parametrize(("mixed", "alike"), [(0, True), (14, False)])
def test_class_shares_are_said_to_be_kept_only_where_they_are(mixed: int, alike: bool) -> None:
    page = tied(mixed)
    assert page.facts.alike is alike
    for number in range(20):
        told = section(describe(replace(page, slug=f"k{number}")), "Holdout")
        kept = re.search(r"in proportion|proportions|keeps|preserves|prior|of each|hold for", told)
        assert alike or kept is None, told


def test_what_holds_in_training_alone_is_not_said_of_all_rows() -> None:
    frame = orchard()
    frame["frost"] = 0
    frame["pruned"] = "yes"
    frame["fed"] = np.arange(len(frame)) % 7
    page = write(frame, target="harvest_kg")
    assert "always `0` |" in row(describe(page), "frost")
    rows = np.arange(page.facts.test_rows)
    test = pd.DataFrame({"frost": np.where(rows, "0", "1"), "pruned": "yes", "fed": "1"})
    test.loc[0, "fed"] = None
    facts = replace(page.facts, features=with_test(page.facts.features, test))
    text = describe(replace(page, facts=facts))
    assert "| constant in training | always `0` in training |" in row(text, "frost")
    assert "| constant | always `yes` |" in row(text, "pruned")
    assert "| none in training |" in row(text, "fed")
    for number in range(40):
        told = section(describe(replace(page, facts=facts, slug=f"c{number}")), "Context")
        assert "two constant columns" not in told
        assert "the only column with" not in told


@pytest.mark.parametrize(
    ("metric", "rows", "far", "steady"),
    [
        ("rmse", 120, 0, False),
        ("mae", 120, 0, True),
        ("rmse", 2_000, 0, True),
        ("rmse", 2_000, 40, False),
        ("r2", 200, 0, False),
    ],
)
def test_no_few_rows_are_said_not_to_decide_squares_that_they_may(
    harvest: Page, metric: str, rows: int, far: float, steady: bool
) -> None:
    target = harvest.facts.target
    middle, spread = target.median or 0.0, target.std or 1.0
    reached = middle + far * spread if far else target.maximum
    facts = replace(harvest.facts, test_rows=rows, target=replace(target, maximum=reached))
    calm = r"no (handful|small group)|without a long tail|has no tail|have a say|extreme tail"
    said = [
        metric_section(replace(harvest, slug=f"m{number}", facts=facts, metric=get_metric(metric)))
        for number in range(30)
    ]
    assert any(re.search(calm, text) for text in said) is steady


@pytest.mark.parametrize(
    ("classes", "ordered"), [(("0", "1", "2"), False), (("low", "medium", "high"), True)]
)
def test_numbers_that_stand_for_classes_are_called_numbers_and_no_scale(
    classes: tuple[str, ...], ordered: bool
) -> None:
    frame = orchard()
    frame["kind"] = [classes[place % 3] for place in range(len(frame))]
    order = MapValues(column="kind", into="kind", values={name: name for name in classes})
    page = write(
        frame,
        target="kind",
        objective="ordinal",
        metric="quadratic_kappa",
        transforms=(order,) if ordered else (),
        classes=classes,
    )
    scale = r"steps of a scale|On a scale|step of a scale|rise|levels|near miss"
    for number in range(30):
        text = describe(replace(page, slug=f"o{number}"))
        first = section(text, "Context").strip().partition("\n\n")[0]
        comment = section(text, "Metric").strip().rpartition("\n\n")[2]
        assert ("number" in first) is not ordered, first
        assert ordered or not re.search(scale, f"{first} {comment}"), comment


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("group", "group"),
        ("group then", "group"),
        ("group then unseen", "group"),
        ("time", "time"),
        ("time then", "time"),
    ],
)
def test_words_on_a_holdout_speak_of_no_draw_of_rows(name: str, kind: str) -> None:
    """The gate for truthfulness would refuse the page for them."""
    told = {line for line in bank(name) if "random" in claimed_holdouts(str(line)) - {kind}}
    assert told == set()
