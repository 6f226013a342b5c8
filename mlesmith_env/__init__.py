"""Verified machine-learning-engineering tasks, each one a Gymnasium environment.

Importing this package registers every task of the known registries with Gymnasium and imports
nothing heavy: pandas, scikit-learn and pydantic are loaded when a task is used.
"""
