"""Benchmarks: each is one command, prints a table and then the same as JSON."""
