"""The review by a model: findings whose evidence is looked up, and a gate that fails closed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mlesmith_env.task import Task
from mlesmith_generator.gates.verdict import Finding, Scan, report
from mlesmith_generator.llm.answers import Evidence, Review, ReviewFinding
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.llm.studio import Studio
from mlesmith_generator.llm.toolbox import as_json, fenced
from mlesmith_generator.records import GateReport

SHORTEST = 8
"""Characters of a quote, blanks aside."""
ROUNDS = 2
"""How often a review may come back because its evidence can not be found."""


@dataclass(frozen=True)
class Documents:
    """What evidence can be looked up in.

    Attributes:
        texts: Page and scripts by name.
        public: Folder of the public files.
    """

    texts: Mapping[str, str]
    public: Path

    @classmethod
    def of(cls, task: Task) -> Documents:
        """Return the documents of a task."""
        texts = {"description.md": task.description, **task.scripts}
        return cls(texts, task.prepare().public_dir)

    def wrong(self, evidence: Evidence) -> str:
        """Return why a piece of evidence can not be found, or an empty string."""
        where = evidence.document.removeprefix("input/")
        if evidence.kind == "quote" and len("".join(evidence.text.split())) < SHORTEST:
            return f"a quote has at least {SHORTEST} characters, so that it can be found"
        if where in self.texts:
            if evidence.kind != "quote":
                return f"{where} has no columns; quote it"
            found = _plain(evidence.text) in _plain(self.texts[where])
            return "" if found else f"{where} does not say {evidence.text!r}"
        try:
            return self._wrong_in(where, evidence)
        except (OSError, ValueError, RuntimeError) as error:
            return f"{where[:80]!r} can not be looked into: {error}"

    def columns(self) -> set[str]:
        """Return the names of the columns that solvers learn from."""
        return set(pd.read_csv(self.public / "train.csv", dtype=str, nrows=0).columns)

    def _wrong_in(self, where: str, evidence: Evidence) -> str:
        path = (self.public / where).resolve()
        if not path.is_relative_to(self.public.resolve()) or not path.is_file():
            return f"there is no document {where!r}"
        if evidence.kind == "quote":
            text = path.read_text(encoding="utf-8", errors="replace")
            return "" if _plain(evidence.text) in _plain(text) else f"{where} does not hold that"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        name = evidence.text if evidence.kind == "column" else evidence.column
        if name not in frame.columns:
            return f"{where} has no column {name!r}"
        if evidence.kind == "value" and evidence.text not in set(frame[name]):
            return f"{evidence.text!r} does not stand in column {name!r} of {where}"
        return ""


def reviewed(task: Task, studio: Studio) -> GateReport:
    """Have a candidate reviewed by the model that plays the Reviewer.

    It looks at what a competitor gets, and at the scripts; it may be asked again where it names
    evidence that there is not.

    Raises:
        ProviderError: No review could be had. The task is not admitted, and nothing is said of it.
        BudgetError: What may be spent is spent.
    """
    documents = Documents.of(task)
    scripts = "".join(f"\n\n{name}:\n{fenced(text)}" for name, text in task.scripts.items())
    manifest, recipe = task.manifest, task.manifest.recipe
    asked = {
        "slug": manifest.slug,
        "target": recipe.target,
        "objective": manifest.objective,
        "metric": manifest.metric.name,
        "holdout": recipe.holdout.kind,
        "recipe": recipe.model_dump(mode="json", exclude_defaults=True),
    }
    question = (
        "Review this candidate. What it asks for, what was left out, and how the files were made:\n"
        f"{fenced(as_json(asked))}\n\nIts page:\n{fenced(task.description)}{scripts}"
    )
    explorer = studio.explorer(documents.public)
    try:
        talk = studio.talk("reviewer", manifest.slug, explorer=explorer)
        return judged(talk, question, documents)
    finally:
        explorer.close()


def judged(talk: Conversation, question: str, documents: Documents) -> GateReport:
    """Ask for a review until its evidence can be found, and return it as the verdict of the gate.

    Raises:
        ProviderError: No review could be had.
        BudgetError: What may be spent is spent.
    """
    began = time.monotonic()
    for _ in range(ROUNDS + 1):
        review = talk.ask(question, Review)
        missing = [
            f"{finding.told!r}: {why}"
            for finding in review.findings
            for evidence in finding.evidence
            if (why := documents.wrong(evidence))
        ]
        known = documents.columns()
        missing += [
            f"{finding.told!r}: `columns` names {name!r}, which train.csv does not have"
            for finding in review.findings
            for name in finding.columns
            if name not in known
        ]
        blocking = [finding for finding in review.findings if finding.severity == "blocking"]
        if bool(blocking) != (review.verdict == "reject"):
            missing.append(
                f"the verdict is {review.verdict!r} with {len(blocking)} blocking finding(s)"
            )
        if not missing:
            scans = [_scan(finding) for finding in review.findings]
            return report("review", [*scans, Scan("model-review", review.summary)], _since(began))
        question = (
            f"Your review can not be used as it stands:\n{fenced('; '.join(missing[:6]))}\n"
            "Look again, drop what you can not show, and answer again."
        )
    raise talk.useless("schema", "gave evidence that could not be found", ROUNDS + 1)


def _scan(found: ReviewFinding) -> Scan:
    shown = "; ".join(f"{evidence.document}: {evidence.text!r}" for evidence in found.evidence[:3])
    finding = Finding(
        f"model-{found.kind}",
        f"{found.told} ({shown})",
        stage=found.stage,
        columns=found.columns,
        warning=found.severity == "advice",
    )
    return Scan(f"model-{found.kind}", "", (finding,))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _since(began: float) -> float:
    return time.monotonic() - began
