"""Attacks on the sandbox, played through the environment; `python -m tests.attacks` shows them."""
