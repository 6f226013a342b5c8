"""What files tell beside what they show: size, format, date, and copies on the other side."""

from __future__ import annotations

import re
import wave
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.singles import KEPT, scan_singles
from mlesmith_generator.gates.verdict import Finding, Scan

_TWINS = 0.05
"""Share of the hidden pictures that may look exactly like a training picture of their class."""
_ENCODED = 4.0
"""By how much a value of a small picture, of 255, may differ in another encoding of the same."""
_FEWEST_FILES = 20
"""Files of a class that is judged against the rest."""
_CONTAINER = frozenset({"ending", "tags", "kinds of notes", "date", "other bytes"})
"""Properties that are none of a picture or sound: no strong feature among them is honest."""
_SAID = 0.2
"""Share of the training pictures whose headers may happen to hold the word that is the answer."""
_WORD = re.compile(r"[^\s,;:=/|]+")
_PICTURES = "pictures"
"""Folder of the pictures of a task."""
_SIDE = 16
"""Pixels of the small pictures that are compared."""


def scan_files(task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
    """Return what the files of a task tell beside what they show."""
    scans = (scan_names, scan_metadata, scan_notes, scan_twins)
    return [scan(task, prepared, tables) for scan in scans]


def scan_metadata(task: Task, prepared: PreparedTask, tables: Tables) -> Scan:
    """Check that no property of the files themselves, such as their size, tells the answer."""
    column = media_column(task.manifest)
    train = _properties(tables.train, column, task, prepared)
    test = _properties(tables.test, column, task, prepared)
    target, manifest = task.manifest.recipe.target, task.manifest
    train[target] = tables.train[target]
    rows = TaskRows.of(
        train,
        test,
        tables.answers,
        target=target,
        objective=manifest.objective,
        holdout=manifest.recipe.holdout,
        id_column=manifest.submission.id_column,
    )
    findings = tuple(
        of_files(finding, told)
        for told, seen in ((("", rows), *_by_class(rows)) if rows.usable else ())
        for finding in scan_singles(seen).findings
    )
    names = ", ".join(str(name) for name in test.columns if name != rows.id_values.name)
    return Scan("file-properties", f"no answer by {names} alone", findings)


def of_files(finding: Finding, told: str) -> Finding:
    """Return what was found of a property of files, as a warning only where it may be honest."""
    kept = finding.warning and _CONTAINER.isdisjoint(finding.columns)
    evidence = told + finding.evidence
    if finding.warning and not kept:
        evidence = evidence.removesuffix(KEPT) + ", and nothing that the files show"
    return Finding("file-property-leak", evidence, "brainstorm", warning=kept)


def _by_class(rows: TaskRows) -> Iterator[tuple[str, TaskRows]]:
    """Yield each class of several against all others: files of one may come from another camera."""
    if rows.regression or rows.classes < 3:
        return
    for code, files in enumerate(np.bincount(rows.truth.codes).tolist()):
        if files >= _FEWEST_FILES:
            one = pd.Series(np.where(rows.truth.codes == code, "1", "0"), dtype=object)
            told = f"of {rows.truth.values[code]!r} against the rest: "
            yield told, replace(rows, target=one, objective="binary")


def scan_names(task: Task, prepared: PreparedTask, tables: Tables) -> Scan:
    """Check that files are called by the ids of their rows, which say nothing."""
    column, ids = media_column(task.manifest), task.manifest.submission.id_column
    named = [
        f"{path} in row {name}"
        for frame in (tables.train, tables.test)
        for path, name in zip(frame[column], frame[ids], strict=True)
        if not pd.isna(path) and Path(str(path)).stem != str(name)
    ]
    told = f"{len(named)} files are not called by the id of their row"
    if not named:
        return Scan("file-names", told)
    evidence = f"{told}, such as {named[0]}"
    return Scan("file-names", told, (Finding("file-name-leak", evidence, "brainstorm"),))


def scan_notes(task: Task, prepared: PreparedTask, tables: Tables) -> Scan:
    """Check that what is written in the headers of pictures does not say the answer."""
    target, column = task.manifest.recipe.target, media_column(task.manifest)
    if not shows_pictures(task) or target not in tables.train:
        return Scan("file-notes", "no notes in the headers")
    seen = [
        (str(answer).casefold(), _notes(prepared.public_dir / str(path)))
        for answer, path in zip(tables.train[target], tables.train[column], strict=True)
        if not pd.isna(answer) and not pd.isna(path)
    ]
    said = sum(bool(answer) and answer in _WORD.findall(notes) for answer, notes in seen)
    told = f"the headers of {said} of {len(seen)} pictures say the answer"
    if said <= _SAID * len(seen):
        return Scan("file-notes", told)
    return Scan("file-notes", told, (Finding("file-property-leak", told, "brainstorm"),))


def _notes(path: Path) -> str:
    """Return the texts in the header of a picture, in small letters."""
    from PIL import Image

    with Image.open(path) as picture:
        values = [*picture.info.values(), *picture.getexif().values()]
    return " ".join(value for value in values if isinstance(value, str)).casefold()


def scan_twins(task: Task, prepared: PreparedTask, tables: Tables) -> Scan:
    """Check that few hidden pictures look exactly like a training picture."""
    if not shows_pictures(task):
        return Scan("look-alike-files", "equal files stand on one side")
    column = media_column(task.manifest)
    train, test = (
        np.array([_small(prepared.public_dir / str(path)) for path in frame[column].dropna()])
        for frame in (tables.train, tables.test)
    )
    known = {_mark(small) for small in train}
    alike = np.array([_mark(small) in known for small in test])
    # Another encoding moves every value a little, another picture some of them far.
    pairs = cdist(test.reshape(len(test), -1), train.reshape(len(train), -1), "chebyshev")
    share = float(np.mean(alike | (pairs.min(axis=1) <= _ENCODED)))
    told = f"{share:.1%} of the hidden pictures look exactly like a training picture"
    if share <= _TWINS:
        return Scan("look-alike-files", told)
    return Scan(
        "look-alike-files", told, (Finding("duplicate-across-holdout", told, "brainstorm"),)
    )


def media_column(manifest: Manifest) -> str:
    """Return the column of the paths; raises GenerationError where the task has none."""
    recipe = manifest.recipe
    if not isinstance(recipe, TableRecipe) or not recipe.media:
        raise GenerationError(f"{manifest.id} has no column of files")
    return recipe.media[0].column


def _properties(
    frame: pd.DataFrame, column: str, task: Task, prepared: PreparedTask
) -> pd.DataFrame:
    found: dict[str, list[str]] = defaultdict(list)
    for path in frame[column]:
        for name, value in _of(prepared.public_dir / str(path)).items():
            found[name].append(value)
    ids = task.manifest.submission.id_column
    return pd.DataFrame({ids: cast("pd.Series", frame[ids]), **found}, dtype=str)


def shows_pictures(task: Task) -> bool:
    """Return whether the files of a task are pictures."""
    recipe = task.manifest.recipe
    return isinstance(recipe, TableRecipe) and any(
        media.folder == _PICTURES for media in recipe.media
    )


def _of(path: Path) -> dict[str, str]:
    told = {"bytes": str(path.stat().st_size), "ending": path.suffix}
    if path.parent.name == _PICTURES:
        from PIL import Image

        with Image.open(path) as picture:
            width, height = picture.size
            tags = picture.getexif()
            told |= {
                "width": str(width),
                "height": str(height),
                "mode": picture.mode,
                "tags": str(len(tags) + len(picture.info)),
                "kinds of notes": " ".join(sorted(map(str, picture.info))),
                "date": re.sub(r"[^0-9]", "", str(tags.get(306, ""))),
            }
    elif path.suffix == ".wav":
        with wave.open(str(path), "rb") as sound:
            told |= {
                "rate": str(sound.getframerate()),
                "channels": str(sound.getnchannels()),
                "width": str(sound.getsampwidth()),
                "samples": str(sound.getnframes()),
                "other bytes": str(path.stat().st_size - _sounding(sound)),
            }
    return told


def _sounding(sound: wave.Wave_read) -> int:
    """Return how many bytes of a recording are sound."""
    return sound.getnframes() * sound.getnchannels() * sound.getsampwidth()


def _small(path: Path) -> NDArray[np.float64]:
    """Return a small picture: (side, side + 1, 3), from 0 to 255."""
    from PIL import Image

    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((_SIDE + 1, _SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, dtype=np.float64)


def _mark(small: NDArray[np.float64]) -> bytes:
    """Return which pixels of a small picture are brighter than their neighbour, and its colours."""
    grey = small.sum(axis=2)
    brighter = np.packbits(grey[:, 1:] > grey[:, :-1])
    return brighter.tobytes() + (small.mean(axis=(0, 1)) // 8).astype(np.uint8).tobytes()
