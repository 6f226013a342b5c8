"""Tasks by hand: a draft folder that a person edits, and its way through the gates."""

from __future__ import annotations

from mlesmith_generator.byhand.draft import HandDraft, read_draft, write_draft
from mlesmith_generator.byhand.scaffold import scaffold
from mlesmith_generator.byhand.sealing import Sealing, seal_draft

__all__ = ["HandDraft", "Sealing", "read_draft", "scaffold", "seal_draft", "write_draft"]
