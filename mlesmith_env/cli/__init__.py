"""The `mlesmith` command."""

from mlesmith_env.cli.app import main

__all__ = ["main"]
