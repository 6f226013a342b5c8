"""The demo of the README, beside the registry that comes with the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_demo_goes_its_whole_way(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mlesmith_env.cli", "demo", "--folder", str(tmp_path / "out")]
    played = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "this episode" in played.stdout
    assert (tmp_path / "out" / "registry" / "index.json").is_file()
