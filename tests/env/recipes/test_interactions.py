"""Users and what they meet next: what is held out, what stays, and in which order."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.model import Holdout, InteractionsRecipe, OneWord, TableReader
from mlesmith_env.recipes.preparation import further_files, prepare

FORM = SubmissionForm(columns=("items",), kind="items", rows=1)


def recipe(**changes: object) -> InteractionsRecipe:
    whole = InteractionsRecipe(
        reader=TableReader(files=("log.csv",)),
        user="who",
        item="what",
        time="when",
        held=3,
        least=4,
        holdout=Holdout(kind="random", test_fraction=0.3),
    )
    return whole.model_copy(update=changes)


def log() -> list[tuple[str, str, int]]:
    rows: list[tuple[str, str, int]] = []
    for user in range(60):
        for step in range(3 + user % 8):
            rows.append((f"u{user}", f"i{(user * 3 + step * 5) % 23}", step * 10 + user % 3))
    return rows


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    lines = [f"{user},{item},{time},{time % 5}" for user, item, time in log()]
    (folder / "log.csv").write_text("who,what,when,stars\n" + "\n".join(lines) + "\n")
    return folder


def load(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def asked(into: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    train, test = load(into / "public/train.csv"), load(into / "public/test.csv")
    assert list(train.columns) == ["id", "who", "items"]
    assert list(test.columns) == ["id", "who"]
    answers = load(into / "private/answers.csv").set_index("id")["items"]
    told = {user: items.split() for user, items in zip(train["who"], train["items"], strict=True)}
    hidden = {
        user: answers[name].split() for name, user in zip(test["id"], test["who"], strict=True)
    }
    return told, hidden


def test_the_last_items_are_held_out_and_stand_nowhere_else(raw: Path, tmp_path: Path):
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    told, hidden = asked(tmp_path / "out")
    rest = load(tmp_path / "out/public/interactions.csv")
    assert list(rest.columns) == ["who", "what", "when", "stars"]
    seen = defaultdict(set)
    for user, item in zip(rest["who"], rest["what"], strict=True):
        seen[user].add(item)
    history = defaultdict(list)
    for user, item, _ in log():
        history[user].append(item)
    assert not told.keys() & hidden.keys()
    assert hidden
    for user, items in (told | hidden).items():
        wanted = min(3, len(history[user]) // 2)
        assert items == history[user][-wanted:]
        assert seen[user] == set(history[user][:-wanted])
    short = {user for user, items in history.items() if len(items) < 4}
    assert short
    assert not short & (told.keys() | hidden.keys())
    assert all(seen[user] == set(history[user]) for user in short)


def test_of_two_interactions_of_a_pair_both_are_hidden(raw: Path, tmp_path: Path):
    rows = [("u7", "i5", 0), ("u7", "i6", 1), ("u7", "i8", 2), ("u7", "i9", 3), ("u7", "i5", 99)]
    lines = [f"{u},{i},{t},1" for u, i, t in rows + [r for r in log() if r[0] != "u7"]]
    (raw / "log.csv").write_text("who,what,when,stars\n" + "\n".join(lines) + "\n")
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    told, hidden = asked(tmp_path / "out")
    assert (told | hidden)["u7"] == ["i9", "i5"]
    rest = load(tmp_path / "out/public/interactions.csv")
    assert set(rest.loc[rest["who"] == "u7", "what"]) == {"i6", "i8"}


def test_an_item_that_nobody_is_known_to_have_met_is_not_asked(raw: Path, tmp_path: Path):
    with (raw / "log.csv").open("a") as file:
        file.writelines(f"u{user},only-{user},999,1\n" for user in range(60))
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    told, hidden = asked(tmp_path / "out")
    assert not any(i.startswith("only-") for items in (told | hidden).values() for i in items)


def test_without_time_the_seed_draws(raw: Path, tmp_path: Path):
    drawn = recipe(time=None)
    made = [prepare(drawn, FORM, raw, description="x", into=tmp_path / n) for n in "ab"]
    assert made[0] == made[1]
    assert set(further_files(drawn)) == {"public/interactions.csv"} <= set(made[0])
    other = drawn.model_copy(update={"seed": 1})
    assert prepare(other, FORM, raw, description="x", into=tmp_path / "c") != made[0]


def test_items_with_blanks_are_refused_until_they_are_one_word(raw: Path, tmp_path: Path):
    path = raw / "log.csv"
    path.write_text(path.read_text().replace(",i1,", ",item one,"))
    with pytest.raises(RecipeError, match="one_word"):
        prepare(recipe(), FORM, raw, description="x", into=tmp_path / "a")
    mended = recipe(transforms=(OneWord(column="what", into="what"),))
    prepare(mended, FORM, raw, description="x", into=tmp_path / "b")
    told, hidden = asked(tmp_path / "b")
    rest = set(load(tmp_path / "b/public/interactions.csv")["what"])
    assert {i for items in (told | hidden).values() for i in items} <= rest
    assert "item_one" in rest


def test_too_few_users_are_refused(tmp_path: Path):
    folder = tmp_path / "raw"
    folder.mkdir()
    rows = [f"u{u},i{i},{i}" for u in range(8) for i in range(6)]
    (folder / "log.csv").write_text("who,what,when\n" + "\n".join(rows) + "\n")
    with pytest.raises(RecipeError, match="too few to hide"):
        prepare(recipe(), FORM, folder, description="x", into=tmp_path / "out")
