"""`mlesmith trace`: how the tasks of a dataset came to be, from ledger and transcripts.

Rules leave ideas, drafts, verdicts and repairs; models leave every word, every call of a tool
and what it cost beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlesmith_env.errors import LedgerError
from mlesmith_env.journal import read_journal
from mlesmith_generator.ledger import events_by_dataset
from mlesmith_generator.llm.transcript import TRANSCRIPTS

Event = dict[str, Any]


@dataclass(frozen=True)
class Talk:
    """One conversation.

    Attributes:
        role: Who answered.
        about: What it was about.
        messages: Its messages in order, as they were written down.
    """

    role: str
    about: str
    messages: Sequence[Event]


@dataclass(frozen=True)
class Costs:
    """What calls came to.

    Attributes:
        calls: Calls that were paid for.
        cached: Answers that were known.
        prompt_tokens: Tokens read.
        completion_tokens: Tokens written.
        usd: Dollars of the calls whose price is known.
        unknown: Calls whose price is not known.
        faults: Attempts that failed and were made again.
        failures: Calls that brought no answer.
    """

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    unknown: int = 0
    faults: int = 0
    failures: int = 0

    @property
    def told(self) -> str:
        """The costs in a line."""
        parts = [f"{self.calls} call(s), {self.cached} known already"]
        parts.append(f"{self.prompt_tokens:,} tokens read, {self.completion_tokens:,} written")
        price = f"${self.usd:.4f}"
        if self.unknown:
            price += f" and {self.unknown} call(s) of unknown price"
        parts.append(price)
        if self.faults or self.failures:
            parts.append(f"{self.faults} fault(s), {self.failures} failure(s) of the provider")
        return "; ".join(parts)


@dataclass(frozen=True)
class Story:
    """Everything that is known of how a dataset was made into tasks.

    Attributes:
        dataset: Its slug.
        events: The ledger's events of its last attempt.
        talks: Conversations of that attempt, if there were any.
    """

    dataset: str
    events: Sequence[Event]
    talks: Sequence[Talk] = field(default_factory=tuple)

    @property
    def costs(self) -> Costs:
        """What its calls came to."""
        calls = [event for event in self.events if event.get("event") == "call"]
        paid = [call for call in calls if not call["cached"]]
        return Costs(
            calls=len(paid),
            cached=len(calls) - len(paid),
            prompt_tokens=sum(call["prompt_tokens"] for call in paid),
            completion_tokens=sum(call["completion_tokens"] for call in paid),
            usd=sum(call["cost_usd"] or 0.0 for call in paid),
            unknown=sum(call["cost_usd"] is None for call in paid),
            faults=sum(event.get("event") == "fault" for event in self.events),
            failures=sum(event.get("event") == "provider-failure" for event in self.events),
        )


def story_of(registry: Path, dataset: str) -> Story:
    """Return the story of a dataset's last attempt.

    Raises:
        LedgerError: The registry's ledger knows no such dataset.
    """
    known = events_by_dataset(registry)
    if dataset not in known:
        close = ", ".join(sorted(name for name in known if dataset in name)[:5])
        hint = f"; did you mean {close}?" if close else ""
        raise LedgerError(f"the ledger of {registry} knows no dataset {dataset!r}{hint}")
    events = known[dataset]
    run = str(events[0].get("run", ""))
    return Story(dataset, events, tuple(_talks(registry, dataset, run)))


def _talks(registry: Path, dataset: str, run: str) -> Iterator[Talk]:
    path = registry / TRANSCRIPTS / f"{dataset}.jsonl"
    if not path.is_file():
        return
    found: dict[int, list[Event]] = {}
    for line in read_journal(path):
        if line.get("run") == run:
            found.setdefault(int(line["talk"]), []).append(line)
    for lines in found.values():
        yield Talk(
            str(lines[0]["role"]), str(lines[0]["about"]), [line["message"] for line in lines]
        )
