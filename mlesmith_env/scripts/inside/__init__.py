"""Programs that run inside the sandboxes of scripts; they are sent as text, never imported."""

from __future__ import annotations
