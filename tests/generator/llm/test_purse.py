"""The purse: bounds that hold however many spend, a file that is read or refused."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from mlesmith_env.errors import InvalidSettingError, LedgerError
from mlesmith_generator.llm.faults import BudgetError
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.purse import Purse
from mlesmith_generator.llm.settings import ModelSettings
from mlesmith_generator.llm.staffing import Staffing

SPENDER = """
import sys
from pathlib import Path
from mlesmith_generator.llm.faults import BudgetError
from mlesmith_generator.llm.purse import Purse
purse, paid = Purse(Path(sys.argv[1]), usd=1.0), 0
for _ in range(40):
    try:
        purse.reserve(0.05, 10)
    except BudgetError:
        continue
    purse.settle(0.03, 4)
    paid += 1
print(paid)
"""


def test_many_processes_share_a_purse(tmp_path: Path) -> None:
    path = tmp_path / "spending.json"
    spenders = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER, str(path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    paid = sum(int(each.communicate()[0]) for each in spenders)
    spent = Purse(path).spent
    assert spent.usd <= 1.0
    assert spent.usd == pytest.approx(0.02 * paid)
    assert (spent.tokens, spent.calls) == (6 * paid, paid)
    # Who finds too little left goes away, though what is set aside may come back a moment later.
    assert 20 <= paid <= 48


def test_a_refusal_is_remembered_until_more_may_be_spent(tmp_path: Path) -> None:
    path = tmp_path / "spending.json"
    purse = Purse(path, usd=1.0)
    purse.reserve(0.9, 10)
    assert not purse.stopped
    with pytest.raises(BudgetError, match=r"\$0\.9000 are spent.*--budget-usd 1 and --resume"):
        purse.reserve(0.2, 10)
    assert "--budget-usd 1" in Purse(path, usd=1.0).stopped
    assert not Purse(path, usd=2.0).stopped
    assert not Purse(path, usd=1.0, tokens=5).stopped
    with pytest.raises(BudgetError, match="10 tokens are used, and the next call may take 10"):
        Purse(path, tokens=15).reserve(0.0, 10)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"usd": 1}',
        '{"usd": "x", "tokens": 1, "calls": 1}',
        '{"usd": NaN, "tokens": 1, "calls": 1}',
    ],
)
def test_what_was_spent_is_read_or_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "spending.json"
    path.write_text(text)
    with pytest.raises(LedgerError, match="nobody knows what is left to spend"):
        Purse(path, usd=1.0).reserve(0.1, 1)
    assert path.read_text() == text


@pytest.mark.parametrize("dollars", [math.nan, math.inf, -1.0])
def test_a_budget_is_an_amount(dollars: float) -> None:
    settings = ModelSettings(
        Staffing.parse("llm", "played", {}),
        prices=PriceTable(models={"played": Price(input=1.0, output=1.0)}),
        budget_usd=dollars,
    )
    with pytest.raises(InvalidSettingError, match="--budget-usd"):
        settings.check()
