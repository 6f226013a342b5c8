"""Settings of these tests."""

from __future__ import annotations

from hypothesis import settings

# An example takes as long as the machine lets it: work beside the tests is no fault of theirs.
settings.register_profile("mlesmith", deadline=None)
settings.load_profile("mlesmith")
