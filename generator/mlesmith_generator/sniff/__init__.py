"""Find out how the tables of a dataset are to be read, from the bytes alone."""

from mlesmith_generator.sniff.tables import sniff_tables

__all__ = ["sniff_tables"]
