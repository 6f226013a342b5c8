"""Running the scripts of a task package, each in a sandbox of its own, and believing nothing."""

from __future__ import annotations
