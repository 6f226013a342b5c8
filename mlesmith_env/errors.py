"""Every error that the package raises on purpose: one flat hierarchy.

A message says what was wrong, with which value, and what to do about it.
"""

from __future__ import annotations

from gymnasium.error import ResetNeeded


class MlesmithError(Exception):
    """Base of all errors of this package."""


class MissingExtraError(MlesmithError):
    """An optional dependency is needed and not installed."""


class ManifestError(MlesmithError):
    """A manifest, source record or recipe does not follow its schema."""


class TamperedTaskError(MlesmithError):
    """A file of a task package does not match the digest in its manifest."""


class RegistryError(MlesmithError):
    """A registry root is missing, unreadable or inconsistent."""


class UnknownTaskError(RegistryError):
    """No registered task has the given slug or id."""


class DuplicateTaskError(RegistryError):
    """Two registry roots hold the same task id."""


class DataUnavailableError(MlesmithError):
    """The raw bytes of a dataset were found in none of the places that may hold them."""


class ChecksumError(MlesmithError):
    """Bytes were found, but they are not the bytes that the record pins."""


class ReadError(MlesmithError):
    """A raw file can not be read as a table in the declared way."""


class UnsafeArchiveError(MlesmithError):
    """An archive leads outside its folder, or holds more than a dataset may."""


class RecipeError(MlesmithError):
    """A recipe can not be applied to the data that it names."""


class UnsupportedTaskError(MlesmithError):
    """The task needs something that this installation refuses or does not have yet."""


class ScriptError(MlesmithError):
    """A task's `prepare.py` crashed, took too long or too much, or left what it may not."""


class MetricError(MlesmithError):
    """A metric is unknown, its inputs are outside its domain, or a `metric.py` gave no score."""


class InvalidSubmissionError(MlesmithError):
    """A submission can not be scored; the message names column, row and remedy."""


class InvalidActionError(MlesmithError):
    """An action is not one of the declared kinds or carries the wrong content."""


class SandboxError(MlesmithError):
    """Base of the sandbox's own faults; never the fault of the program that it ran."""


class SandboxUnavailableError(SandboxError):
    """This machine can not give the isolation that was asked for."""


class SandboxLostError(SandboxError):
    """The sandbox broke down (process lost, disk full); the episode can not go on."""


class ImageBuildError(SandboxError):
    """The image of the docker sandbox can not be built from what was given."""


class SnapshotError(MlesmithError):
    """A snapshot can not be made, gone back to or forgotten; the message says why."""


class GenerationError(MlesmithError):
    """A dataset can not be turned into tasks; the message says why."""


class RepeatedTaskError(MlesmithError):
    """A task asks for the same target of the same rows as one that the registry already has."""


class LedgerError(MlesmithError):
    """A generation ledger is unreadable or belongs to another run."""


class ExecutorError(MlesmithError):
    """Jobs can not be run where they were to be run: no such cluster, or another Python there."""


class InvalidSettingError(MlesmithError, ValueError):
    """A keyword or option has a value outside its domain."""


class TrajectoryError(MlesmithError):
    """A trajectory can not be written, or what is read is none."""


class ResetNeededError(MlesmithError, ResetNeeded):
    """`step()` was called where no episode is running."""
