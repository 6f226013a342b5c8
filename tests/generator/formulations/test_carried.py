"""Tables of texts, molecules and strands: how they are told, and that their tasks hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Objective
from mlesmith_generator.brainstorm.matter import (
    are_closed,
    is_smiles,
    is_strand,
    modality_of,
    sites_of,
)
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.designer import design, redesign
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.table import measure_file, measure_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import Defect
from tests.generator.formulations.made_tables import (
    molecules,
    reviews,
    strands,
    unspaced_reviews,
    write,
)
from tests.generator.formulations.making import generated


def _typed(frame: pd.DataFrame) -> TypedTable:
    return measure_table(frame.astype(str).astype(object))


def test_molecules_are_told_from_words_and_codes() -> None:
    assert is_smiles(_typed(molecules())["smiles"])
    random = np.random.default_rng(3)
    codes = [f"B{a}-{b}C" for a, b in random.integers(10, 99, (200, 2))]
    for values in (list(reviews()["review"]), ["boson", "coins", "Ionic"] * 70):
        assert not is_smiles(_typed(pd.DataFrame({"text": values}))["text"])
    assert not is_smiles(_typed(pd.DataFrame({"code": [f"X{code}" for code in codes]}))["code"])


@pytest.mark.parametrize("letter", ["P", "B", "C", "N"])
def test_codes_of_a_letter_and_a_number_are_no_molecules(letter: str) -> None:
    codes = [f"{letter}{number}" for number in range(1000, 1200)]
    assert not is_smiles(_typed(pd.DataFrame({"node": codes}))["node"])


def test_rings_of_molecules_are_closed() -> None:
    assert all(map(are_closed, ["C1CC1", "c1ccc2ccccc2c1", "C%10CC%10", "[13CH3]C", "C1CC1C1CC1"]))
    assert not any(map(are_closed, ["C1CC", "P1015", "C%10CC1C0", "B1034"]))


def test_strands_are_told_from_words_codes_and_answers() -> None:
    made = strands()
    assert is_strand(_typed(made)["strand"])
    random = np.random.default_rng(7)
    proteins = ["".join(random.choice(list("ACDEFGHIKLMNPQRSTVWY"), 30)) for _ in range(60)]
    assert is_strand(_typed(pd.DataFrame({"protein": proteins}))["protein"])
    hashes = ["".join(random.choice(list("0123456789ABCDEF"), 32)) for _ in range(60)]
    for values in (
        list(reviews()["review"]),
        hashes,
        list(molecules()["smiles"]),
        ["ACTA", "TAG"] * 40,
    ):
        assert not is_strand(_typed(pd.DataFrame({"value": values}))["value"])
    spread = pd.DataFrame([list(row) for row in made["strand"]]).add_prefix("base")
    assert len(sites_of(_typed(spread).columns)) == 57
    answers = pd.DataFrame(random.choice(list("ABCDE"), (100, 30))).add_prefix("q")
    votes = pd.DataFrame(random.choice(list("yn?"), (100, 16))).add_prefix("v")
    assert not sites_of(_typed(answers).columns)
    assert not sites_of(_typed(votes).columns)


def test_sites_of_one_strand_are_not_asked_for(tmp_path: Path) -> None:
    made = strands()
    spread = pd.DataFrame([list(row) for row in made["strand"]]).add_prefix("base")
    folder = write(tmp_path / "sites", spread.assign(promoter=made["promoter"]))
    ideas = ideas_for(profile_dataset(folder, "sites"), folder, limit=5)
    assert {idea.target for idea in ideas} == {"promoter"}
    assert ideas[0].modality == "sequence"


def test_what_carries_the_question_is_the_modality() -> None:
    texts = reviews()
    assert modality_of(_typed(texts), {"sentiment"}) == "text"
    assert modality_of(_typed(molecules()), {"measured solubility"}) == "molecule"
    assert modality_of(_typed(molecules()), {"smiles"}) == "tabular"
    random = np.random.default_rng(4)
    wide = texts.assign(**{f"x{place}": random.normal(size=len(texts)) for place in range(6)})
    assert modality_of(_typed(wide), {"sentiment"}) in ("mixed", "tabular")


def test_texts_without_blanks_are_read_by_their_letters(tmp_path: Path) -> None:
    folder = write(tmp_path / "takeaway", unspaced_reviews())
    first = ideas_for(profile_dataset(folder, "takeaway"), folder, limit=1)[0]
    assert (first.target, first.modality) == ("label", "text")


def test_what_others_predicted_is_neither_asked_for_nor_shown(tmp_path: Path) -> None:
    folder = write(tmp_path / "molecules", molecules())
    profile = profile_dataset(folder, "molecules")
    table = profile.tables[0]
    ranked = merits(table, measure_file(table.reader, folder, seed=0).table, "molecules")
    assert [merit.column for merit in ranked] == ["measured solubility"]
    first = ideas_for(profile, folder, limit=1)[0]
    assert first.target == "measured solubility"
    assert first.formulation == first.modality == "molecule"
    assert "predicted solubility" in {each.column for each in first.exclusions}


@pytest.mark.parametrize(
    ("name", "frame", "objective"),
    [
        ("reviews", reviews(), "binary"),
        ("molecules", molecules(), "regression"),
        ("strands", strands(), "binary"),
    ],
)
def test_tasks_hold_from_end_to_end(
    name: str,
    frame: pd.DataFrame,
    objective: Objective,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write(tmp_path / "data" / name, frame)
    task = generated(folder, objective, tmp_path / "registry", monkeypatch)
    modality, rungs = {
        "reviews": ("text", ("naive_bayes", "words_and_letters")),
        "molecules": ("molecule", ("tanimoto", "letters")),
        "strands": ("sequence", ("short_runs",)),
    }[name]
    assert task.manifest.modality == modality
    leaderboard = (task.directory / "leaderboard.csv").read_text()
    assert all(f"\n{rung}," in leaderboard for rung in rungs)


def test_a_draft_is_not_redesigned_without_the_column_that_carries_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "molecules", molecules())
    profile = profile_dataset(folder, "made/molecules", seed=0)
    idea = next(idea for idea in ideas_for(profile, folder, seed=0) if idea.modality == "molecule")
    draft = design(idea, profile, folder, seed=0)

    def without(column: str) -> Defect:
        return Defect(
            code="told", gate="assertions", stage="design", evidence="so", columns=(column,)
        )

    assert redesign(draft, [without("weight")], seed=0).exclusions[-1].column == "weight"
    with pytest.raises(GenerationError, match="nothing of the question is left"):
        redesign(draft, [without("smiles")], seed=0)
