"""Slugs and titles name subject and target, and what sets a variant apart."""

from __future__ import annotations

import re

import pytest

from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.recipes.model import Bin, Holdout, TableReader, Transform
from mlesmith_generator.describe import domain_of, slug_of, subject_slug, title_of
from mlesmith_generator.describe.naming import LONGEST, entity, readable
from mlesmith_generator.profiler.dataset import subject_of
from mlesmith_generator.records import (
    CollectionProfile,
    ColumnProfile,
    DatasetProfile,
    Idea,
    TableProfile,
)


def dataset(
    name: str, subject: str, columns: tuple[str, ...] = (), tables: tuple[str, ...] = ("t",)
) -> DatasetProfile:
    reader = TableReader(files=("a.csv",))
    made = tuple(
        ColumnProfile(name=c, type="number", rows=9, missing=0, distinct=9) for c in columns
    )
    return DatasetProfile(
        dataset=name,
        subject=subject,
        tables=tuple(
            TableProfile(name=t, reader=reader, rows=9, sampled=False, columns=made) for t in tables
        ),
    )


def idea(
    target: str,
    *,
    source: str = "",
    objective: Objective = "regression",
    holdout: Holdout | None = None,
    transforms: tuple[Transform, ...] = (),
    table: str = "t",
) -> Idea:
    return Idea(
        dataset="d",
        table=table,
        target=target,
        target_source=source or target,
        objective=objective,
        metric=MetricSpec(name="rmse"),
        holdout=holdout or Holdout(kind="random"),
        transforms=transforms,
        justification="",
    )


ABALONE = dataset("owner__abalone", "abalone")


def test_slug_names_subject_and_target() -> None:
    assert slug_of(ABALONE, idea("Rings")) == "abalone-rings"
    assert slug_of(ABALONE, idea("column_9")) == "abalone-column-9"


@pytest.mark.parametrize(
    ("holdout", "slug"),
    [
        (Holdout(kind="group", column="driverId"), "abalone-rings-new-drivers"),
        (Holdout(kind="group", column="city"), "abalone-rings-new-cities"),
        (Holdout(kind="group", column="q7"), "abalone-rings-new-groups"),
        (Holdout(kind="time", column="model_year"), "abalone-rings-later-years"),
        (Holdout(kind="time", column="date"), "abalone-rings-future"),
    ],
)
def test_holdout_sets_a_variant_apart(holdout: Holdout, slug: str) -> None:
    assert slug_of(ABALONE, idea("Rings", holdout=holdout)) == slug


def test_binned_target_sets_a_variant_apart() -> None:
    two = Bin(column="Rings", into="old", edges=(9.0,), labels=("young", "old"))
    named = Bin(column="Rings", into="rings_band", edges=(5.0, 9.0), labels=("a", "b", "c"))
    assert slug_of(ABALONE, idea("old", source="Rings", objective="binary", transforms=(two,))) == (
        "abalone-old-high-or-low"
    )
    assert slug_of(
        ABALONE, idea("rings_band", source="Rings", objective="multiclass", transforms=(named,))
    ) == ("abalone-rings-band")


def test_taken_slugs_get_words_before_numbers() -> None:
    taken: set[str] = set()
    for _ in range(12):
        slug = slug_of(ABALONE, idea("Rings"), free=lambda slug: slug not in taken)
        assert slug not in taken
        taken.add(slug)
    ordered = sorted(taken, key=len)
    assert ordered[0] == "abalone-rings"
    assert sum(bool(re.search(r"-\d+$", slug)) for slug in taken) <= 7


@pytest.mark.parametrize("name", ["v2", "signal v2", "x" * 200, "高さ", "$$$", "-v9", "a-V10"])
def test_every_name_gives_a_legal_slug(name: str) -> None:
    for subject in ("abalone", "高さ", "x" * 90, "my data"):
        slug = slug_of(dataset("some__thing", subject), idea(name))
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert not re.search(r"-v[0-9]+$", slug)
        assert len(slug) <= LONGEST


def test_target_that_is_the_subject_still_says_what_is_asked() -> None:
    card = dataset("a__credit-card", "credit card")
    assert slug_of(card, idea("card", objective="binary")) == "credit-card-yes-or-no"
    assert slug_of(dataset("a__mpg", "mpg"), idea("mpg")) == "mpg-amount"


def test_tables_of_one_dataset_are_told_apart() -> None:
    shop = dataset("a__music-store", "music store", tables=("invoices", "tracks"))
    assert slug_of(shop, idea("price", table="tracks")) == "music-store-tracks-price"


def test_qualifier_comes_in_front() -> None:
    slug = slug_of(ABALONE, idea("Rings"), qualifier="brownlee__abalone")
    assert slug == "brownlee-abalone-rings"


def test_subject_slug_is_the_beginning_of_slugs() -> None:
    assert subject_slug("owner__abalone") == "abalone"
    assert slug_of(ABALONE, idea("Rings")).startswith(subject_slug("owner__abalone"))


def test_titles() -> None:
    assert title_of(ABALONE, idea("Shell.weight")) == "Abalone: predict shell weight"
    grouped = idea("time", holdout=Holdout(kind="group", column="driver"))
    assert title_of(ABALONE, grouped) == "Abalone: predict time for unseen drivers"
    band = Bin(column="Rings", into="rings_band", edges=(5.0,), labels=("low", "high"))
    made = idea("rings_band", source="Rings", objective="binary", transforms=(band,))
    assert title_of(ABALONE, made) == "Abalone: rings, low or high"
    assert title_of(dataset("x__AER-HMDA", "hmda"), idea("deny")) == "HMDA: predict deny"


@pytest.mark.parametrize(
    ("name", "read"),
    [("medianHouseValue", "median house value"), ("DEATH_EVENT", "death event"), ("GPA", "GPA"),
     ("NOx level", "NOx level"), ("", "the target"), ("temp_max", "temp max")],
)  # fmt: skip
def test_names_become_readable(name: str, read: str) -> None:
    assert readable(name) == read


@pytest.mark.parametrize(
    ("column", "noun"),
    [("Driver_ID", "driver"), ("patientid", "patient"), ("cities", "city"), ("id", "group"),
     ("SchoolName", "school"), ("国", "group"),
         ("type_of_subject", "subject"), ("species", "species"), ("boss", "boss")],
)  # fmt: skip
def test_entities(column: str, noun: str) -> None:
    assert entity(column) == noun


@pytest.mark.parametrize(
    ("name", "subject", "columns", "domain"),
    [
        ("a__pima", "pima diabetes", ("glucose", "bmi", "age"), "health"),
        ("a__credit", "german credit", ("loan amount", "duration"), "finance"),
        ("a__flights", "flights", ("carrier", "dep_delay"), "transport"),
        ("a__vote92", "vote", ("party", "candidate"), "politics"),
        ("a__wheat", "wheat yield", ("plot", "nitrogen"), "agriculture"),
        ("a__zz", "zz", ("q1", "q2"), "general"),
        ("a__aversion", "loss aversion", ("player", "team", "invest"), "general"),
        ("a__cup", "cup", ("player", "team", "season", "winner"), "sports"),
        ("a__nba", "nba salaries", ("player", "points"), "sports"),
        ("a__tunes", "tunes", ("melody", "emotion", "guitar"), "media"),
    ],
)
def test_domains(name: str, subject: str, columns: tuple[str, ...], domain: str) -> None:
    assert domain_of(dataset(name, subject, columns)) == domain


def test_the_form_of_the_data_is_no_subject() -> None:
    assert subject_of("owner__pears-test-split", []) == "pears"
    assert subject_of("owner__jpg-subset", []) == "owner"
    assert subject_of("owner__test-split", []) == "owner"
    assert subject_of("owner__split-pears", []) == "split pears"


def test_acronyms_stand_as_the_documents_write_them() -> None:
    told = dataset("o__nfl-games", "nfl games").model_copy(update={"titled": "NFL games of Sunday"})
    assert title_of(told, idea("points")).startswith("NFL Games: ")
    loud = told.model_copy(update={"titled": "NFL GAMES"})
    assert title_of(loud, idea("points")).startswith("Nfl Games: ")


def test_the_title_of_the_documents_counts_for_the_domain() -> None:
    bare = dataset("o__agn-test-split", "agn", ("column_1", "column_2"), ("test",))
    assert domain_of(bare) == "general"
    titled = bare.model_copy(update={"titled": "AGN News Topic Classification"})
    assert domain_of(titled) == "media"


def test_the_sentence_on_the_data_counts_for_the_domain() -> None:
    bare = dataset("o__k", "k", ("column_1", "column_2"))
    told = bare.model_copy(update={"about": "Every throw of a baseball pitcher in one season"})
    assert (domain_of(bare), domain_of(told)) == ("general", "sports")
    # One word twice is one word.
    thin = bare.model_copy(update={"about": "Made by a student for students"})
    assert domain_of(thin) == "general"


def test_notes_are_music() -> None:
    notes = CollectionProfile(name="n", media="midi", files=9, bytes=9)
    told = dataset("o__emotion", "emotion").model_copy(update={"collections": (notes,)})
    assert domain_of(told) == "media"


def test_of_two_domains_on_thin_ground_neither_is_taken() -> None:
    assert domain_of(dataset("o__x", "x", ("bank", "species"))) == "general"
    assert domain_of(dataset("o__x", "x", ("bank", "loan", "species"))) == "finance"


@pytest.mark.parametrize(
    ("values", "title"),
    [
        (("wasp", "bee"), "Bites: predict the class, bee or wasp (column 1 of 2)"),
        (("0", "1"), "Bites: predict an unnamed class (column 1 of 2)"),
        (("w", "b"), "Bites: predict an unnamed class (column 1 of 2)"),
        (("a", "b", "c", "d", "e"), "Bites: predict an unnamed class (column 1 of 2)"),
    ],
)
def test_an_unnamed_class_is_called_by_its_values(values: tuple[str, ...], title: str) -> None:
    names = ("column_1", "column_2")
    top = tuple((value, 4) for value in values)
    made = [
        ColumnProfile(name=c, type="category", rows=9, missing=0, distinct=len(values), top=top)
        for c in names
    ]
    reader = TableReader(files=("a.csv",), header_rows=0, columns=names)
    table = TableProfile(name="t", reader=reader, rows=9, sampled=False, columns=tuple(made))
    told = DatasetProfile(dataset="o__bites", subject="bites", tables=(table,))
    asked = idea("column_1").model_copy(update={"table": "t", "objective": "binary"})
    assert title_of(told, asked) == title
