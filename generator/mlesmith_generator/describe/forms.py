"""The sections in one form for every task: files, submission, rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import accumulate

from mlesmith_env.forms import kind_of
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe.further import file_rows
from mlesmith_generator.describe.numerals import count, counted, plural, word
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.target import LISTED

_SHOWN_COLUMNS, _SHOWN_LETTERS = 12, 700
"""Columns of a submission that its example shows, and letters of their names together."""
_CELL = 1_000
"""Letters of a cell that is shown whole: a name that is cut is another name."""


def files_section(page: Page) -> str:
    """Return the table of files."""
    facts = page.facts
    features = len(facts.features)
    given = f"id and {counted(features, 'feature')}"
    answers = len(page.form.columns)
    kind = kind_of(page.form)
    hidden = [name for name in page.truth if name not in kind.public_truth(page.form)]
    asked = "target" if len(hidden) == 1 else f"{word(len(hidden))} targets"
    return md.table(
        ("file", "rows", "columns", "content"),
        (
            (
                "`train.csv`",
                count(facts.train_rows),
                str(features + 1 + len(hidden)),
                f"{given}, {asked}",
            ),
            ("`test.csv`", count(facts.test_rows), str(features + 1), given),
            (
                "`sample_submission.csv`",
                count(facts.test_rows),
                str(answers + 1),
                "a valid submission with a constant answer",
            ),
            *file_rows(page),
        ),
    )


def submission_section(page: Page) -> str:
    """Return the submission format with an example."""
    form, facts = page.form, page.facts
    id_column = md.code(form.id_column)
    rows = counted(facts.test_rows, "row")
    parts = [
        f"Write `submission.csv`, a CSV file in UTF-8 with a header and {rows}, one for each row "
        f"of `test.csv`. Rows are matched by {id_column}; their order does not matter."
    ]
    parts.append(_answer(page))
    header, *lines = facts.example or (("",),)
    shown = _shown(header)
    example = [_csv(shown), *(_csv(line[: len(shown)]) for line in lines)]
    if len(header) > len(shown):
        parts.append(
            f"The first {word(len(shown))} of {count(len(header))} columns, as "
            "`sample_submission.csv` has them:"
        )
    parts.append(md.block(example, "csv"))
    return "\n\n".join(parts)


def rules_section(page: Page) -> str:
    """Return the limits and what counts."""
    limits = page.limits
    memory = limits.memory_bytes / 1024**3
    lines = (
        "A program runs with its workspace as the current folder, finds the files above read-only "
        "in `input/` and writes `submission.csv` into the workspace. Use relative paths only.",
        f"An episode has {counted(limits.max_steps, 'step')} and {_seconds(limits.time_limit_s)}; "
        f"one run may take {_seconds(limits.step_timeout_s)} and {memory:g} GiB of memory.",
        "There is no network, and nothing outside workspace, `input/` and the Python installation "
        "can be read.",
        "A submission counts only from the run that wrote it. After each run the score on the "
        "public part of the test rows is told; the private part decides the result.",
    )
    return "\n".join(f"- {line}" for line in lines)


def _answer(page: Page) -> str:
    form = page.form
    columns = [md.code(name, _CELL) for name in form.columns]
    if form.kind == "number":
        allowed = str(page.metric.domain)
        bound = "" if allowed == "any number" else f", {allowed}"
        return f"{columns[0]} holds a finite number{bound}."
    if form.kind == "label":
        where = "the section on the target" if len(form.classes) <= LISTED else "`train.csv`"
        return f"{columns[0]} holds one class label, spelled as in {where}."
    if form.kind == "probability":
        positive = md.code(form.classes[1])
        return f"{columns[0]} holds the probability of {positive}, between 0 and 1."
    if form.kind == "probabilities":
        return (
            f"There is one column for each of the {word(len(columns))} {plural('class')}, called "
            "like the class and holding its probability; the probabilities of a row sum to 1."
        )
    if form.kind in ("numbers", "multilabel"):
        what = "a finite number" if form.kind == "numbers" else "its probability, between 0 and 1"
        return (
            f"There is one column for each of the {word(len(columns))} {plural('target')}, called "
            f"like the target and holding {what}."
        )
    # The kind's own words begin with what the cell holds.
    told = kind_of(form).told.removesuffix(" in every row")
    return f"{md.listing(columns)} {'hold' if len(columns) > 1 else 'holds'} {told}."


def _shown(header: Sequence[str]) -> list[str]:
    """Return the first columns of the example, the id and one answer at least."""
    letters = list(accumulate(len(name) for name in header[:_SHOWN_COLUMNS]))
    return [*header[: max(2, sum(sum_so_far <= _SHOWN_LETTERS for sum_so_far in letters))]]


def _csv(cells: tuple[str, ...] | list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([md.plain(each, _CELL) for each in cells])
    return buffer.getvalue()


def _seconds(seconds: float) -> str:
    if seconds >= 120 and seconds % 60 == 0:
        return counted(int(seconds // 60), "minute")
    return f"{seconds:g} seconds"
