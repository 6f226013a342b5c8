"""What stands in the prepared folders: which files, which bytes, and the tables in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mlesmith_env.digests import file_digest, folder_digest
from mlesmith_env.errors import MlesmithError, ReadError
from mlesmith_env.manifest import PREPARE, Manifest
from mlesmith_env.recipes.preparation import further_files
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.gates.exposure import Secret
from mlesmith_generator.gates.verdict import Finding, Scan

TRAIN_CSV = "public/train.csv"
TEST_CSV = "public/test.csv"
SAMPLE_CSV = "public/sample_submission.csv"
ANSWERS_CSV = "private/answers.csv"
DESCRIPTION_MD = "public/description.md"
EXPECTED = (DESCRIPTION_MD, SAMPLE_CSV, TEST_CSV, TRAIN_CSV, ANSWERS_CSV)


@dataclass(frozen=True)
class Tables:
    """The four tables of a prepared task as text, missing values as NaN."""

    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame
    answers: pd.DataFrame


def read_tables(prepared: PreparedTask) -> Tables:
    """Read the four tables; raises ReadError where one is missing or no CSV."""
    return Tables(
        *(_read(path_of(prepared, name)) for name in (TRAIN_CSV, TEST_CSV, SAMPLE_CSV, ANSWERS_CSV))
    )


def path_of(prepared: PreparedTask, name: str) -> Path:
    """Return the path of a file that is named as in `manifest.prepared`."""
    folder, _, rest = name.partition("/")
    return (prepared.public_dir if folder == "public" else prepared.private_dir) / rest


def _read(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(
            path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8", header=0
        )
        # pandas renames repeated columns; what the file says is what counts.
        header = pd.read_csv(path, dtype=str, header=None, nrows=1, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise ReadError(f"{path} can not be read as CSV: {error}") from error
    frame.columns = pd.Index([str(name) for name in header.iloc[0]])
    return frame


def found_files(prepared: PreparedTask) -> dict[str, Path]:
    """Return every file and link below both folders by its name as in `manifest.prepared`."""
    found: dict[str, Path] = {}
    for label, folder in (("public", prepared.public_dir), ("private", prepared.private_dir)):
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                found[f"{label}/{path.relative_to(folder).as_posix()}"] = path
    return found


def scan_files(task: Task, prepared: PreparedTask, tables: Tables | None) -> Scan:
    """Check that both folders hold the expected files and no others, and no answers in public.

    Further public files may be there as well, as long as the manifest pins them: those that the
    recipe is known to give, in which no id of ours can stand, and whatever a `prepare.py` gives.
    """
    found = found_files(prepared)
    secret = None if tables is None else _secret(tables, task.manifest)
    own = further_files(task.manifest.recipe)
    more = set(task.manifest.prepared) if PREPARE in task.scripts else set(own)
    findings = [
        Finding("missing-file", f"{name} is missing from the prepared data", "refactor")
        for name in EXPECTED
        if name not in found
    ]
    findings += [
        Finding("missing-file", f"{name} is missing from the prepared data", "refactor")
        for name in own
        if not path_of(prepared, name).exists()
    ]
    for name in sorted(set(found) - set(EXPECTED)):
        if name in own or f"{name.rpartition('/')[0]}/" in own:
            continue
        told = secret.told_by(found[name]) if secret and name.startswith("public/") else ""
        if told:
            findings.append(Finding("answers-exposed", f"{name} {told}", "refactor"))
        if name.startswith("public/") and name in more:
            continue
        evidence = f"{name} does not belong into the prepared data"
        findings.append(Finding("unexpected-file", evidence, "refactor"))
    findings += [
        Finding("unexpected-file", f"{name} is a link; prepared data are plain files", "refactor")
        for name, path in found.items()
        if path.is_symlink()
        and (name in {*EXPECTED, *more} or f"{name.rpartition('/')[0]}/" in own)
    ]
    return Scan("layout", f"{len(found)} files, all expected", tuple(findings))


def _secret(tables: Tables, manifest: Manifest) -> Secret:
    """What the public files may not tell, in the orders in which they hold the rows."""
    key = manifest.submission.id_column
    ids = tables.answers[key].astype(str).tolist()
    answers = dict(zip(ids, tables.answers[manifest.truth[0]].astype(str), strict=True))
    orders = {tuple(ids), tuple(sorted(ids))}
    for table in (tables.test, tables.sample):
        if key in table.columns:
            orders.add(tuple(name for name in table[key].astype(str) if name in answers))
    return Secret(answers, tuple(sorted(orders)))


def scan_bytes(task: Task, prepared: PreparedTask) -> Scan:
    """Check that what lies there now is byte by byte what preparation gave before."""
    pinned = dict(task.manifest.prepared)
    findings: list[Finding] = []
    for name in sorted({*EXPECTED, *pinned}):
        path = path_of(prepared, name)
        if name not in pinned:
            evidence = f"the manifest pins no SHA-256 of {name}"
            findings.append(Finding("preparation-differs", evidence, "refactor"))
        elif path.exists() and (digest := _digest(path, name)) != pinned[name]:
            evidence = (
                f"{name} is not what the manifest pins (SHA-256 {digest[:12]}… "
                f"against {pinned[name][:12]}…): preparation is not deterministic, or the data "
                "were changed"
            )
            findings.append(Finding("preparation-differs", evidence, "refactor"))
    return Scan("determinism", f"{len(pinned)} files equal to their SHA-256", tuple(findings))


def _digest(path: Path, name: str) -> str:
    return folder_digest(path) if name.endswith("/") else file_digest(path)


def refused(name: str, code: str, error: MlesmithError) -> Scan:
    """Return the scan that an error of ours amounts to."""
    return Scan(name, "", (Finding(code, f"{type(error).__name__}: {error}", "refactor"),))
