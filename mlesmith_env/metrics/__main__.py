"""`python -m mlesmith_env.metrics` prints the page of the catalogue."""

from __future__ import annotations

import sys

from mlesmith_env.metrics.page import page

if __name__ == "__main__":
    sys.stdout.write(page())
