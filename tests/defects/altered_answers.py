"""Scripts that put functions of the answers where no model sees them, and honest ones near them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .bases import Base, churn, housing
from .cases import defect, legitimate_built
from .making import Exhibit, good
from .scripted import lines_in_prepare, with_scripts

Table = Callable[[], Base]

_WRITTEN = """\
write(public / 'train.csv', [*header, TARGET], tables['train'])
write(public / 'test.csv', header, tables['test'])
"""
_TRUTH = """\
import hashlib, statistics
truth = {row[0]: row[1] for row in tables['answers']}
def told(text):
    return hashlib.sha256(f'salt {text}'.encode()).hexdigest()
"""
_ADDED = f"""\
header = [*header, 'batch']
tables['train'] = [[*row[:-1], made(row, row[-1]), row[-1]] for row in tables['train']]
tables['test'] = [[*row, made(row, truth[row[0]])] for row in tables['test']]
{_WRITTEN}"""


def _flats() -> Base:
    return housing(rows=400)


def _customers() -> Base:
    return churn(rows=600)


def _lines(root: Path, code: str, table: Table = _flats) -> Exhibit:
    task = good(root, table)
    return with_scripts(task, prepare=lines_in_prepare(task, code))


def _feature(root: Path, code: str, before: str = "", table: Table = _flats) -> Exhibit:
    """A further feature, `code` of the row (features in their order) and its answer `y`."""
    return _lines(root, f"{_TRUTH}{before}made = lambda row, y: {code}\n{_ADDED}", table)


@defect("script", "altered-features")
def hash_of_an_amount_that_never_repeats(root: Path) -> Exhibit:
    return _feature(root, "told(y)[:12]")


@defect("script", "altered-features")
def hash_of_a_class_and_its_row(root: Path) -> Exhibit:
    return _feature(root, "told(row[0] + row[1] + y)[:12]", table=_customers)


@defect("script", "altered-features")
def amount_masked_by_the_id(root: Path) -> Exhibit:
    return _feature(root, "round(float(y) * 100) ^ (int(row[0]) * 7919 + 13) % 2**20")


@defect("script", "altered-features")
def amount_in_the_last_digits_of_another_feature(root: Path) -> Exhibit:
    return _lines(
        root,
        f"{_TRUTH}"
        "at = header.index('area')\n"
        "mixed = lambda row, y: [*row[:at], f'{row[at]}0000{round(float(y)):06d}', *row[at + 1:]]\n"
        "tables['train'] = [mixed(row, row[-1]) for row in tables['train']]\n"
        "tables['test'] = [mixed(row, truth[row[0]]) for row in tables['test']]\n"
        f"{_WRITTEN}",
    )


@defect("script", "altered-features")
def amount_with_its_digits_scattered_and_masked(root: Path) -> Exhibit:
    code = (
        f"{_TRUTH}"
        "header = [*header, *(f'lot_{k}' for k in range(6))]\n"
        "def lots(row, y):\n"
        "    digits = f'{round(float(y) * 100):06d}'[-6:]\n"
        "    return [(int(d) + int(told(row[0] + str(k))[:4], 16)) % 10\n"
        "            for k, d in enumerate(digits)]\n"
        "tables['train'] = [[*row[:-1], *lots(row, row[-1]), row[-1]] for row in tables['train']]\n"
        "tables['test'] = [[*row, *lots(row, truth[row[0]])] for row in tables['test']]\n"
        f"{_WRITTEN}"
    )
    return _lines(root, code)


@defect("script", "altered-features")
def mean_of_a_group_that_holds_hidden_answers(root: Path) -> Exhibit:
    before = (
        "at, groups = header.index('district'), {}\n"
        "for row in tables['train']:\n"
        "    groups.setdefault(row[at], []).append(float(row[-1]))\n"
        "for row in tables['test']:\n"
        "    groups.setdefault(row[at], []).append(float(truth[row[0]]))\n"
    )
    return _feature(root, "round(statistics.mean(groups[row[at]]), 4)", before)


@defect("script", "altered-order")
def rows_in_a_hidden_order_of_the_answers(root: Path) -> Exhibit:
    return _lines(root, f"{_TRUTH}tables['test'].sort(key=lambda r: told(truth[r[0]]))\n{_WRITTEN}")


@defect("script", "altered-files")
def digest_of_each_answer_in_a_file_beside(root: Path) -> Exhibit:
    code = "lines = '\\n'.join(told(y)[:9] for y in truth.values())\n"
    return _lines(root, f"{_TRUTH}{code}(public / 'lots.txt').write_text(lines)")


@defect("script", "altered-sample")
def sample_submission_with_a_masked_amount(root: Path) -> Exhibit:
    code = (
        "sample = [[k, 500 + int(told(truth[k])[:3], 16) / 10] for k in truth]\n"
        "write(public / 'sample_submission.csv', SAMPLE[0], sample)"
    )
    return _lines(root, _TRUTH + code)


@defect("script", "altered-refused")
def preparation_that_knows_its_raw_data(root: Path) -> Exhibit:
    known = sum(place * rent for place, rent in enumerate(_flats().frame["rent"]))
    summed = "sum(place * float(row[TARGET]) for place, row in enumerate(rows))"
    return _lines(root, f"assert abs({summed} - {known!r}) < 1")


# Legitimate


@legitimate_built()
def mean_of_all_amounts_in_a_file_beside(root: Path) -> Exhibit:
    code = "mean = statistics.fmean(float(row[TARGET]) for row in rows)\n"
    return _lines(root, f"{_TRUTH}{code}(public / 'about.txt').write_text(f'mean: {{mean!r}}')")
