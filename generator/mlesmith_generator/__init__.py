"""Turns raw datasets into verified tasks."""

__version__ = "0.1.0"
