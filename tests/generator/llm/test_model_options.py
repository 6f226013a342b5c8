"""The command line under rules: options that only models obey are refused, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from mlesmith_env.errors import InvalidSettingError
from mlesmith_generator.cli import generate


@pytest.mark.parametrize(
    "words",
    [
        ("--model", "some"),
        ("--role-model", "designer=some"),
        ("--base-url", "http://127.0.0.1:1/v1"),
        ("--budget-usd", "1"),
        ("--budget-usd", "0"),
        ("--budget-tokens", "1000"),
        ("--budget-tokens", "0"),
        ("--prices", "prices.yaml"),
        ("--solver",),
    ],
    ids=" ".join,
)
def test_rules_take_no_options_of_models(words: tuple[str, ...], tmp_path: Path):
    (tmp_path / "data").mkdir()
    app = typer.Typer()
    app.command()(generate)
    given = [str(tmp_path / "data"), "--registry", str(tmp_path / "made"), *words]
    for planner in ((), ("--planner", "rules")):
        result = CliRunner().invoke(app, [*given, *planner])
        assert isinstance(result.exception, InvalidSettingError)
        assert "under --planner rules" in str(result.exception)
    assert not (tmp_path / "made").exists()
