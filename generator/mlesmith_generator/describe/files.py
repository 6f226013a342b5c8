"""Sections of descriptions whose data are files: pictures or recordings."""

from __future__ import annotations

from dataclasses import replace

from mlesmith_env.manifest import AMOUNTS
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.columns import columns_section as columns_told
from mlesmith_generator.describe.context import findings_told, opening
from mlesmith_generator.describe.page import Page
from mlesmith_generator.records import AudioFacts, CollectionProfile, ImageFacts

_NOUNS = {"image": "picture", "audio": "recording", "midi": "piece"}
_FOLDERS = {"pictures": "picture", "recordings": "recording", "pieces": "piece"}
_SENSES = {"picture": "show", "recording": "tell", "piece": "tell"}
_COUNTS = ("count", "counting")
_SHOWN = 4
_COLUMN_BYTES = 5_000
"""Bytes of the table of columns beside files."""


def context_section(page: Page) -> str:
    """Return the question, and what the headers of the files tell about the collection."""
    collection = collection_of(page)
    told = [page.idea.story, _opening(page)]
    if collection is not None:
        told.append(_about(page, collection))
        if collection.image is not None:
            told.append(_pictures(collection.image))
        if collection.audio is not None:
            told.append(_recordings(collection.audio, spare=bool(page.idea.story)))
        if collection.media == "midi":
            told.append(
                "Pieces are standard MIDI files: notes with pitch, time and force, no sound."
            )
        if collection.duplicates:
            copies = nu.counted(collection.duplicates, "file")
            told.append(
                f"{copies[0].upper()}{copies[1:]} of the collection equal another one byte by "
                "byte; equal files stand on one side of the holdout."
            )
    return " ".join(part for part in told if part)


def _opening(page: Page) -> str:
    """Return the question: in the words of tables, or of files where the page is about one each."""
    facts, objective = page.facts, page.idea.objective
    known = objective not in AMOUNTS and _folder(page) != "pieces"
    if known and not page.idea.story:
        return opening(page, f"the {nu.plural(_noun(page))}")
    noun, target = _noun(page), facts.target
    digits = max(5, nu.digits(target.minimum or 0.0, target.maximum or 0.0))
    fields = {
        "target": page.code(page.target),
        "noun": noun,
        "nouns": nu.plural(noun),
        "show": _SENSES.get(noun, "show"),
        "shows": f"{_SENSES.get(noun, 'show')}s",
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "c": nu.word(len(facts.classes)),
        "numeric": "whole number" if target.integer else "number",
        "low": nu.amount(target.minimum or 0.0, digits),
        "high": nu.amount(target.maximum or 0.0, digits),
    }
    asked = "class" if facts.classes else "count" if objective in _COUNTS else "number"
    return page.voice.say(f"opening files {asked}", **fields)


def files_section(page: Page) -> str:
    """Return the table of files, the folder of media among them."""
    facts = page.facts
    folder = _folder(page)
    features = nu.counted(len(facts.features), "feature")
    rows = (
        ("`train.csv`", nu.count(facts.train_rows), f"id, {features}, target"),
        ("`test.csv`", nu.count(facts.test_rows), f"id, {features}"),
        ("`sample_submission.csv`", nu.count(facts.test_rows), "a valid submission, constant"),
        (f"`{folder}/`", nu.count(facts.train_rows + facts.test_rows), "the files, named by id"),
    )
    return md.table(("file", "rows or files", "content"), rows)


def columns_section(page: Page) -> str:
    """Return the table of columns."""
    media = _media_column(page)
    rows = [(page.code(page.form.id_column), "identifier", "shuffled key of the row")]
    for column in page.facts.features:
        if column.name == media:
            what = f"path of the {_noun(page)} below `input/`, such as `{_folder(page)}/…`"
            rows.append((page.code(column.name), "text", what))
        elif column.name == page.recipe.holdout.column:
            noun = page.idea.measured.get("subject", "group")
            what = f"the {noun} of the {_noun(page)}; none stands in both files"
            rows.append((page.code(column.name), "text", what))
        else:
            rows.append((page.code(column.name), "number" if column.integer else "text", ""))
    kind = "number" if page.form.kind == "number" else "label"
    place = page.idea.measured.get("place")
    told = f"the target (not in `test.csv`){f': {place}' if place else ''}"
    rows += [(page.code(name), kind, told) for name in page.truth]
    return md.table(("column", "type", "notes"), rows)


def mixed_context_section(page: Page) -> str:
    """Return the question, what is striking about the columns, and what the files are."""
    facts = page.facts
    fields = {
        "target": page.code(page.target),
        "noun": _noun(page),
        "k": nu.counted(len(facts.features) - 1, "column", words=True),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
    }
    told = [page.idea.story, page.voice.say("opening files mixed", **fields)]
    collection = collection_of(page)
    if collection is not None:
        told.append(_about(page, collection))
        if collection.image is not None:
            told.append(_pictures(collection.image))
        if collection.audio is not None:
            told.append(_recordings(collection.audio, spare=True))
    first = " ".join(part for part in told if part)
    return "\n\n".join(part for part in (first, findings_told(_plain(page))) if part)


def mixed_columns_section(page: Page) -> str:
    """Return the table of columns, with what the column of paths holds said in front."""
    column = _media_column(page)
    told = (
        f"{page.code(column)} is the path of the row's {_noun(page)} below `input/`, such as "
        f"`{_folder(page)}/…`. The other columns:"
    )
    return f"{told}\n\n{columns_told(_plain(page), _COLUMN_BYTES)}"


def _plain(page: Page) -> Page:
    """Return the page of the columns beside the files."""
    column = _media_column(page)
    features = tuple(each for each in page.facts.features if each.name != column)
    return replace(page, facts=replace(page.facts, features=features))


def _media_column(page: Page) -> str:
    recipe = page.recipe
    return recipe.media[0].column if isinstance(recipe, TableRecipe) and recipe.media else ""


def collection_of(page: Page) -> CollectionProfile | None:
    """Return the collection that the task is made of."""
    name = page.idea.measured.get("collection", page.idea.table)
    return next((each for each in page.profile.collections if each.name == name), None)


def _noun(page: Page) -> str:
    return _FOLDERS.get(_folder(page), "file")


def _folder(page: Page) -> str:
    recipe = page.recipe
    return recipe.media[0].folder if isinstance(recipe, TableRecipe) and recipe.media else "files"


def _about(page: Page, collection: CollectionProfile) -> str:
    endings = md.listing([f"`.{ending}`" for ending, _ in collection.endings[:_SHOWN]])
    noun = nu.plural(_NOUNS.get(collection.media, "file"))
    size = collection.bytes / max(1, collection.files) / 1000
    given = page.facts.train_rows + page.facts.test_rows
    whole = f"of the collection's {nu.count(collection.files)} " * (given < collection.files)
    return (
        f"There are {nu.count(given)} {whole}{noun} ({endings}), "
        f"{nu.amount(size, 2)} kB each on average."
    )


def _pictures(image: ImageFacts) -> str:
    sizes = image.sizes
    looked = sum(count for *_, count in sizes)
    width, height, most = sizes[0]
    if most == looked and len(sizes) == 1:
        told = f"All measure {width} by {height} pixels"
    else:
        told = (
            f"Their sizes differ: {width} by {height} pixels is the most frequent of "
            f"{'more than ' if len(sizes) >= 20 else ''}{nu.word(len(sizes))}"
        )
    modes = {"RGB": "colour", "L": "grey levels", "1": "black and white", "P": "a palette"}
    kinds = list(dict.fromkeys(modes.get(mode, mode) for mode, _ in image.modes))
    return f"{told}, stored in {md.listing(kinds[:_SHOWN])}."


def _recordings(audio: AudioFacts, *, spare: bool) -> str:
    short, median, long = (nu.amount(value, 2) for value in audio.seconds)
    rates = md.listing([f"{rate:,} Hz" for rate, _ in audio.rates[:_SHOWN]])
    if spare and short == long:
        return f"Each lasts {long} seconds, sampled at {rates}."
    return f"They last {short} to {long} seconds (median {median}), sampled at {rates}."


def scenes_context_section(page: Page) -> str:
    """Return what the pictures are and what is to be found in them."""
    collection = collection_of(page)
    facts = page.facts
    told = [
        f"{nu.count(facts.train_rows)} pictures show where things are; for "
        f"{nu.count(facts.test_rows)} others that is to be found out."
    ]
    if collection is not None:
        told.append(_about(page, collection))
        if collection.image is not None:
            told.append(_pictures(collection.image))
    told.append(
        "Pictures are few compared with what there is to see in them, so simple features and "
        "averages over several models go a long way."
    )
    return " ".join(told)


def boxes_section(page: Page) -> str:
    """Return how boxes are written, and how many there are."""
    texts = page.facts.target
    return (
        f"{page.code(page.target)} lists the boxes of a picture: `label x y width height` for "
        "each, all separated by blanks, in pixels from the upper left corner of a picture of "
        "`width` by `height` pixels (the file itself may be smaller). "
        f"In training there are {nu.count(texts.distinct)} different lists. A prediction puts a "
        "confidence between 0 and 1 behind each label: `label confidence x y width height`."
    )


def mask_section(page: Page) -> str:
    """Return how masks are written, and how many pictures have none."""
    target = page.facts.target
    empty = target.missing / max(1, target.rows)
    none = (
        f" {nu.percent(empty)} of the training pictures have no marked pixel." if empty > 0 else ""
    )
    return (
        f"{page.code(page.target)} lists the marked pixels of a picture as runs `start length`, "
        "all separated by blanks. Pixels are counted from 0 in the upper left corner, row by row, "
        "as in a flattened array of `height` rows and `width` columns; a picture without a marked "
        f"pixel has an empty cell.{none}"
    )


def plain_metric_section(page: Page) -> str:
    """Return what the metric measures, with its formula and direction."""
    metric = page.metric
    better = "Higher" if metric.direction == "maximize" else "Lower"
    formula = md.block([f"{metric.name} = {metric.formula}"], "text")
    return (
        f"`{metric.name}`: {metric.summary} {better} is better; {metric.perfect:g} is perfect.\n\n"
        f"{formula}"
    )
