"""What the template does before it forks must leave it fit to be forked."""

from __future__ import annotations

import subprocess
import sys

WARM = """
import importlib, os, sys
from mlesmith_env.sandbox.inside import warming
from mlesmith_env.sandbox.servers import LIBRARIES
for name in LIBRARIES:
    importlib.import_module(name)
folder = "/proc/self/task"
threads = os.listdir(folder) if os.path.isdir(folder) else []
warming.warm()
assert not set(os.listdir(folder) if threads else []) - set(threads)
assert "pandas.io.formats.csvs" in sys.modules
"""


def test_warming_has_no_fault_and_starts_no_thread() -> None:
    done = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
