"""Licences: what names one, and what only mentions one."""

from __future__ import annotations

import pytest

from mlesmith_env.licences import IDENTIFIERS, spdx


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_every_identifier_names_itself_however_it_is_spelt(identifier: str):
    assert spdx(identifier) == identifier
    assert spdx(identifier.lower()) == identifier
    assert spdx(f"  {identifier.replace('-', ' ')} ") == identifier


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0", "CC-BY-NC-SA-4.0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("CC0: Public Domain", "CC0-1.0"),
        ("MIT License", "MIT"),
        ("The MIT License", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache 2.0", "Apache-2.0"),
        ("Database: Open Database", "ODbL-1.0"),
        ("GPLv3", "GPL-3.0"),
        ("GNU General Public License v3.0", "GPL-3.0"),
    ],
)
def test_usual_names(text: str, identifier: str):
    assert spdx(text) == identifier


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "Public domain?", "MIT (sources vary)", "unknown (UCI lists CC BY 4.0)",
     "Public", "CC BY", "other", "GPL (>= 2)", "MIT or Apache-2.0", "not MIT"],
)  # fmt: skip
def test_what_says_more_or_less_is_none(text: str):
    assert spdx(text) == ""
