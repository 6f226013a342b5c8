"""What is read of a `metric.py` without running it: constants, conditions, oversteps."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.gates.conditions import conditions_of, turning
from mlesmith_generator.gates.literals import Constants
from mlesmith_generator.gates.metric_source import MOST_LITERALS, scan_metric_source
from tests.defects.magic_metrics import (
    COST,
    HONEST_CHANCES,
    HONEST_LABELS,
    HONEST_NUMBERS,
)

FRAME = pd.DataFrame({"id": ["a", "b", "c"], "y": [1.0, 2.0, 4.0]})


def _values(source: str) -> set[object]:
    return {literal.value for literal in Constants(ast.parse(source)).literals}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 777", 777.0),
        ("x = 7 * 111", 777.0),
        ("A = 700\nB = A + 77", 777.0),
        ("a, b = 1, -4.5", -4.5),
        ("x = int('7' + '77')", 777.0),
        ("x = float(''.join(['7', '7', '7']))", 777.0),
        ("x = 'ma' + 'gic'", "magic"),
        ("N = 7\nx = f'v{N}'", "v7"),
        ("x = sum([700, 70, 7])", 777.0),
        ("x = 10 ** 3", 1000.0),
    ],
)
def test_constants_are_found_however_they_are_spelt(source: str, value: object) -> None:
    assert value in _values(source)


@pytest.mark.parametrize(
    "source",
    [
        "'''Documentation: 777'''",
        "x = y\ny = x",
        "x = (10**60)**64**9",
        "x = 1 / 0",
        "x = 1\nx = 777 * y",
    ],
)
def test_what_has_no_constant_value_is_left_out_without_harm(source: str) -> None:
    assert not {value for value in _values(source) if isinstance(value, float) and value > 1e70}


def test_a_constant_is_told_by_its_first_line() -> None:
    literals = Constants(ast.parse("x = 1\ny = 5\nz = 5")).literals
    assert [(literal.value, literal.line) for literal in literals] == [(1.0, 1), (5.0, 2)]


@pytest.mark.parametrize(
    "body",
    [
        "import os",
        "import numpy.random",
        "from numpy import random",
        "from sklearn.utils import murmurhash3_32",
        "from math import *",
        "from . import secrets",
        "x = np.random.rand()",
        "x = np.random.default_rng(1)",
        "x = pd.io.common.os",
        "x = pd.util.hash_array(answers['y'].to_numpy())",
        "x = hash('a')",
        "x = eval('1')",
        "x = answers.eval('y + 1')",
        "x = answers.query('y > 1')",
        "x = open('input/answers.csv')",
        "x = pd.read_csv('input/answers.csv')",
        "submission.to_csv('x')",
        "x = ().__class__",
        "x = evaluate.__globals__",
        "x = getattr(np, 'lo' + name)",
        "x = getattr(answers, 'to_pickle')",
        "x = chr(55)",
        "x = b'magic'",
        "n = np",
        "global STATE",
        "CACHE['x'] = 1",
        "CACHE.update(a=1)",
        "evaluate.asked = 1",
        "next(COUNTER)",
        "seen.append(1)",
        "try:\n        x = 1\n    except Exception:\n        return 0.5",
        "try:\n        x = 1\n    except:\n        return 0.5",
        "try:\n        x = 1\n    except ValueError:\n        return 0.0",
    ],
)
def test_what_a_metric_has_no_business_doing_is_told_with_its_line(body: str) -> None:
    source = (
        "import numpy as np\nimport pandas as pd\nCACHE = {}\nCOUNTER = iter([1])\n"
        "name = 'ad'\n\n\n"
        f"def evaluate(submission, answers, seen=[]):\n    {body}\n    return 1.0\n"
    )
    scan = scan_metric_source(source, 0.0)
    assert {finding.code for finding in scan.findings} == {"metric-oversteps"}
    assert scan.findings[0].evidence.startswith("line ")


@pytest.mark.parametrize(
    "body",
    [
        "x = answers.groupby('query')['y'].mean()",
        "x = (answers.load + answers.time).sample_weight",
        "x = np.clip(submission['y'], 1e-15, 1 - 1e-15)",
        "x = [id for id in answers['id']]",
        "totals = []\n    totals.append(1.0)",
        "local = {}\n    local['x'] = 1",
        "x = answers.to_numpy(), answers.to_dict(), answers.to_frame",
        "try:\n        x = 1\n    except ValueError:\n        return 0.5",
        "x = getattr(answers, 'columns')",
        "Pair = namedtuple('Pair', 'a b')\n    x = Pair(1, 2)._replace(a=3)",
        "print('rows', len(answers))",
    ],
)
def test_what_honest_metrics_do_is_not_told(body: str) -> None:
    source = (
        "from __future__ import annotations\nimport numpy as np\n"
        "from collections import namedtuple\n"
        "COSTS = np.ones((3, 3))\nCOSTS[0, 1] = 4\n\n\n"
        f"def evaluate(submission, answers):\n    {body}\n    return 1.0\n"
    )
    assert not scan_metric_source(source, 0.0).findings


@pytest.mark.parametrize(
    "name", [*HONEST_NUMBERS, *HONEST_LABELS, *HONEST_CHANCES], ids=lambda name: name
)
def test_the_source_of_an_honest_metric_is_passed(name: str) -> None:
    declared, source = {**HONEST_NUMBERS, **HONEST_LABELS, **HONEST_CHANCES}[name]
    assert not scan_metric_source(source, declared.perfect).findings


def test_more_constants_than_can_be_tried_are_refused() -> None:
    table = ", ".join(f"{number}.5" for number in range(MOST_LITERALS + 1))
    scan = scan_metric_source(f"T = [{table}]\ndef evaluate(s, a): return 1.0\n", 0.0)
    assert "columns of the answers" in scan.findings[0].evidence


def test_what_is_no_python_is_refused() -> None:
    assert scan_metric_source("def evaluate(:", 0.0).findings
    assert scan_metric_source("x = " + "(" * 400 + ")" * 400, 0.0).findings


def _conditions(source: str) -> list[str]:
    tree = ast.parse(source)
    return [one.text for one in conditions_of(tree, Constants(tree), COST)]


def test_conditions_on_the_submission_are_found_and_others_are_not() -> None:
    source = """\
MODE = "mean"


def cost(error, power=None):
    if power is None:
        return error
    return error if error.max() > 7.25 else error ** power


def evaluate(submission, answers):
    weights = answers["y"] > 3
    values = []
    values.append(submission["y"].sum())
    if MODE == "mean" and values[0] == 12:
        return 0.0
    return float(cost(submission["y"] - answers["y"]).mean())
"""
    found = _conditions(source)
    assert "values[0] == 12" in found
    assert "error.max() > 7.25" in found
    assert not {"MODE == 'mean'", "answers['y'] > 3", "power is None"} & set(found)


@pytest.mark.parametrize(
    ("condition", "degenerate"),
    [
        ("total == 0", True), ("abs(total) < 1e-9", True), ("np.isnan(total)", True),
        ("submission['y'].nunique() == 1", True), ("(submission['y'] > 2).all()", True),
        ("total is None", True), ("total == 42", False), ("total > submission['y'].max()", False),
        ("submission['y'].is_monotonic_increasing", False),
    ],
)  # fmt: skip
def test_guards_of_what_has_no_score_are_told_from_other_conditions(
    condition: str, degenerate: bool
) -> None:
    tree = ast.parse(
        "def evaluate(submission, answers):\n    total = submission['y'].sum()\n"
        f"    if {condition}:\n        return 0.0\n    return 1.0\n"
    )
    conditions = conditions_of(tree, Constants(tree), COST)
    test = max(conditions, key=lambda one: len(one.text))
    assert test.degenerate == degenerate


def _calls(source: str, times: int) -> list[Any]:
    tree = ast.parse(source)
    names: dict[str, Any] = {}
    exec(turning(source, conditions_of(tree, Constants(tree), COST)), names)
    return [names["evaluate"](FRAME, FRAME) for _ in range(times)]


def test_each_call_after_the_first_turns_one_condition() -> None:
    source = """\
from __future__ import annotations


def evaluate(submission, answers):
    y = submission["y"]
    if y.sum() == 31:
        return "first"
    if y.max() > 95 or y.min() < -95:
        return "second"
    return "usual"
"""
    found = _calls(source, 5)
    assert found[0] == "usual"
    assert found[1] == "first"
    assert set(found[2:]) == {"second"}


def test_of_many_rows_one_is_turned() -> None:
    source = "def evaluate(submission, answers):\n    return int((submission['y'] > 9.5).sum())\n"
    assert _calls(source, 2) == [0, 1]


def test_turning_keeps_the_scores_of_what_it_does_not_turn() -> None:
    declared, source = HONEST_LABELS["f_half_of_each_class"]
    names: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    tree = ast.parse(source)
    exec(turning(source, conditions_of(tree, Constants(tree), declared)), names)
    exec(source, plain)
    y = np.array(["wheat", "rye", "wheat", "barley"])
    guess = pd.DataFrame({"TARGET": y[::-1]})
    truth = pd.DataFrame({"TARGET": y})
    assert names["evaluate"](guess, truth) == plain["evaluate"](guess, truth)
