"""Licences by their SPDX identifiers, as far as a text names one and nothing else."""

from __future__ import annotations

import re

IDENTIFIERS = (
    "0BSD", "AFL-3.0", "AGPL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause",
    "BSL-1.0", "CC0-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-2.0",
    "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-2.0",
    "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-3.0", "CC-BY-ND-4.0", "CC-BY-SA-2.0",
    "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-PDDC", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0",
    "CDLA-Sharing-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "ECL-2.0", "EPL-2.0", "EUPL-1.2",
    "GFDL-1.3", "GPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0", "GPL-3.0-only",
    "GPL-3.0-or-later", "ISC", "LGPL-2.1", "LGPL-3.0", "MIT", "MPL-2.0", "ODbL-1.0", "ODC-By-1.0",
    "OGL-UK-3.0", "PDDL-1.0", "Unlicense", "WTFPL", "Zlib",
)  # fmt: skip
"""The SPDX identifiers that are known here."""

_OTHER_NAMES = {
    "apache": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 2 clause simplified": "BSD-2-Clause",
    "bsd 3 clause new or revised": "BSD-3-Clause",
    "cc0": "CC0-1.0",
    "cc 0": "CC0-1.0",
    "cc zero": "CC0-1.0",
    "cc0 public domain": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "creative commons zero": "CC0-1.0",
    "database open database": "ODbL-1.0",
    "open database": "ODbL-1.0",
    "odbl": "ODbL-1.0",
    "pddl": "PDDL-1.0",
    "odc public domain dedication and licence": "PDDL-1.0",
    "odc attribution": "ODC-By-1.0",
    "odc by": "ODC-By-1.0",
    "gpl 2": "GPL-2.0",
    "gpl 3": "GPL-3.0",
    "gplv2": "GPL-2.0",
    "gplv3": "GPL-3.0",
    "gnu gpl 3": "GPL-3.0",
    "gnu general public 2.0": "GPL-2.0",
    "gnu general public 3": "GPL-3.0",
    "gnu general public 3.0": "GPL-3.0",
    "lgpl 3": "LGPL-3.0",
    "agpl 3": "AGPL-3.0",
    "mozilla public 2.0": "MPL-2.0",
    "the unlicense": "Unlicense",
    "open government 3.0": "OGL-UK-3.0",
}
_WORDS = (
    ("creative commons", "cc"),
    ("attribution", "by"),
    ("noncommercial", "nc"),
    ("non commercial", "nc"),
    ("noderivatives", "nd"),
    ("no derivatives", "nd"),
    ("sharealike", "sa"),
    ("share alike", "sa"),
)
_FILLER = frozenset(
    "the license licence licensed under international public version v generic unported".split()
)


def spdx(text: str) -> str:
    """Return the SPDX identifier of the licence that a text names; empty where it names none.

    The whole text has to be the name: `CC BY 4.0`, `cc-by-4.0`, `Creative Commons Attribution 4.0
    International`, `MIT License`. Where it says anything beside (`MIT (sources vary)`) that counts,
    and the text is to be kept as it is.
    """
    return _KNOWN.get(_plain(text), "")


def _plain(text: str) -> str:
    lowered = re.sub(r"[^a-z0-9.()+:;,|/]+", " ", text.lower()).strip()
    lowered = re.sub(r"^cc0: ", "cc0 ", lowered).replace(", version", "").replace(": open", " open")
    lowered = re.sub(r"\bv(?=[0-9])", "", lowered)
    for words, short in _WORDS:
        lowered = re.sub(rf"\b{words}\b", short, lowered)
    kept = [word for word in lowered.split() if word not in _FILLER]
    return " ".join(kept) or lowered


_KNOWN = {_plain(name): name for name in IDENTIFIERS} | {
    _plain(name): identifier for name, identifier in _OTHER_NAMES.items()
}
