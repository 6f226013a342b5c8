"""What an agent is told about a task: at reset all of it, by `request_info` one topic at a time.

The texts are made once for each environment, from the head of each public file, so that asking
again costs nothing, however large the data are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlesmith_env.forms import kind_of
from mlesmith_env.manifest import Limits, Manifest
from mlesmith_env.metrics import get_metric
from mlesmith_env.spaces import cleaned

TOPICS = ("overview", "data", "sample_submission", "metric", "limits")
_DESCRIPTION_LENGTH = 40_000
_HEAD_LINES = 4
_LINE_LENGTH = 600
_FILES = 40
_ENDINGS = 6

HOW_TO_ACT = """\
# How to act
An action has a kind and a content:
- request_info: content is overview, data, sample_submission, metric or limits; empty for all
- validate_code: content is a Python program; it is run and its submission's format is checked
- execute_code: content is a Python program; it is run and its submission is scored
- get_history: what was done so far; content may be the number of a step, to see its program
- reset: empty the workspace{forgetting}
- submit: end the episode; content is the number of the step whose submission counts, empty for \
{default}
A program finds the data in input/, read-only, and writes its predictions to submission.csv in its \
current folder. A submission counts only from the run that wrote it, and only if that run ends \
without an error."""

STATEFUL = """
Variables, imports and functions live on from step to step, as in a notebook, also when a program \
fails or is interrupted by the time limit; other processes end with their step. Numerical \
libraries use one thread."""


def clipped(text: str, limit: int) -> str:
    """Return head and tail of a text, at most `limit` characters with the note between them."""
    if len(text) <= limit:
        return text
    note = f"\n[... {len(text) - limit} characters left out ...]\n"
    room = max(0, limit - len(note) - 8)
    head = room // 2
    return text[:head] + note + text[len(text) - (room - head) :]


@dataclass(frozen=True)
class Briefing:
    """The texts about one task as one environment plays it.

    Attributes:
        manifest: The task's manifest.
        description: What a competitor reads.
        public_dir: The folder that programs see as `input/`.
        limits: The limits in force, which the caller may have changed.
        shows_scores: Whether scores on public rows are told during the episode.
        stateful: Whether variables live on from step to step.
    """

    manifest: Manifest
    description: str
    public_dir: Path
    limits: Limits
    shows_scores: bool
    stateful: bool = False

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """The text of each topic."""
        return {
            "overview": self._overview(),
            "data": self._data(),
            "sample_submission": self._sample_submission(),
            "metric": self._metric(),
            "limits": self._limits(),
        }

    @cached_property
    def everything(self) -> str:
        """All topics, in order."""
        return "\n\n".join(self.topics[name] for name in TOPICS)

    @cached_property
    def opening(self) -> str:
        """What `reset` tells: the description, the files, the limits, how to act."""
        default = "the best on public rows" if self.shows_scores else "the last valid one"
        parts = (self.topics[name] for name in ("overview", "data", "limits"))
        forgetting = " and forget all variables" if self.stateful else ""
        how = HOW_TO_ACT.format(default=default, forgetting=forgetting)
        return "\n\n".join((*parts, how + STATEFUL if self.stateful else how))

    @property
    def after_reset(self) -> str:
        """What the action `reset` has done."""
        return f"The workspace is empty{' and no variable is left' if self.stateful else ''}."

    def _overview(self) -> str:
        text = cleaned(self.description).strip()
        if len(text) > _DESCRIPTION_LENGTH:
            text = text[:_DESCRIPTION_LENGTH] + "\n[... all of it is in input/description.md]"
        return text

    def _data(self) -> str:
        files = sorted(path for path in self.public_dir.iterdir() if path.is_file())
        lines = ["# Files"]
        lines += [f"- input/{p.name} ({p.stat().st_size} bytes)" for p in files[:_FILES]]
        if len(files) > _FILES:
            lines.append(f"- and {len(files) - _FILES} more")
        lines += _folders(self.public_dir)
        for path in files[:_FILES]:
            if path.suffix == ".csv":
                lines += [f"\nFirst lines of input/{path.name}:", *_head(path)]
        return "\n".join(lines)

    def _sample_submission(self) -> str:
        form = self.manifest.submission
        lines = [
            "# Submission",
            f"submission.csv has {form.rows} rows, one for each row of input/test.csv, in any "
            f"order, and the columns {', '.join((form.id_column, *form.columns))}.",
            f"It holds {kind_of(form).told}.",
        ]
        if form.classes:
            lines.append(f"Classes: {_listed(form.classes)}.")
        sample = self.public_dir / "sample_submission.csv"
        if sample.is_file():
            lines += ["First lines of input/sample_submission.csv:", *_head(sample)]
        return "\n".join(lines)

    def _metric(self) -> str:
        metric = get_metric(self.manifest.metric)
        anchors = self.manifest.reference.public
        better = "larger is better" if metric.direction == "maximize" else "smaller is better"
        lines = [
            "# Metric",
            f"{metric.name}: {metric.summary}",
            *([f"Formula: {metric.formula}"] if metric.formula else []),
            f"Direction: {better}; a perfect score is {metric.perfect:g}.",
        ]
        if self.manifest.metric.params:
            given = self.manifest.metric.params.items()
            lines.append("Parameters: " + ", ".join(f"{name} = {value}" for name, value in given))
        lines.append(
            f"Progress is 0 at {anchors.floor:.6g} (best trivial solution) and 1 at "
            f"{anchors.ceiling:.6g} (best reference solution) on the public rows. The private "
            "rows decide."
        )
        if not self.shows_scores:
            lines.append("Scores are not told before the end of this episode.")
        return "\n".join(lines)

    def _limits(self) -> str:
        limits = self.limits
        return "\n".join(
            (
                "# Limits",
                f"- {limits.max_steps} steps an episode, {limits.time_limit_s:g} s in all",
                f"- {limits.step_timeout_s:g} s a run, {_size(limits.memory_bytes)} of memory, "
                f"{limits.processes} processes and threads",
                f"- {_size(limits.workspace_bytes)} in the workspace, "
                f"{_size(limits.submission_bytes)} a submission, "
                f"{_size(limits.output_bytes)} of output a run",
                "- no network; the Python packages that are installed, no others",
            )
        )


def _folders(root: Path) -> list[str]:
    """Return a line for each folder: how many files, of which endings, how large, one by name."""
    found: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.parent != root:
            found.setdefault(path.parent.relative_to(root).as_posix(), []).append(path)
    lines: list[str] = []
    for folder, files in list(found.items())[:_FILES]:
        endings = ", ".join(sorted({path.suffix for path in files})[:_ENDINGS])
        total = sum(path.stat().st_size for path in files)
        one = "1 file" if len(files) == 1 else f"{len(files)} files"
        lines.append(f"- input/{folder}/ ({one} {endings}, {total} bytes), such as {files[0].name}")
    if len(found) > _FILES:
        lines.append(f"- and {len(found) - _FILES} more folders")
    return lines


def _head(path: Path) -> list[str]:
    lines: list[str] = []
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for _ in range(_HEAD_LINES):
            # A line is read in part only, so that a table of thousands of columns costs no more.
            line = file.readline(_LINE_LENGTH + 1)
            if not line:
                break
            shown = line.rstrip("\r\n")
            if len(line) > _LINE_LENGTH:
                shown = line[:_LINE_LENGTH] + " [...]"
                while line and not line.endswith("\n"):
                    line = file.readline(1 << 16)
            lines.append(shown)
    return lines


def _listed(names: tuple[str, ...], limit: int = 50) -> str:
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def _size(number: int) -> str:
    for unit, size in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if number >= size:
            return f"{number / size:.4g} {unit}"
    return f"{number} bytes"
