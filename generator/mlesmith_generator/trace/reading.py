"""Reads the story of a dataset out of ledger and transcripts."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from mlesmith_env.errors import LedgerError
from mlesmith_env.journal import read_journal
from mlesmith_generator.ledger import attempts_of, ending, last_ended, records_of
from mlesmith_generator.llm.transcript import TRANSCRIPTS
from mlesmith_generator.trace.costs import EVENTS, FAILURE, FAULT, costs_by_stage, costs_of
from mlesmith_generator.trace.rounds import (
    IDEA_ENDINGS,
    Event,
    ending_of_idea,
    named,
    rounds_of,
    seconds_of,
    time_of,
)
from mlesmith_generator.trace.story import (
    Attempt,
    IdeaStory,
    Story,
    Table,
    facts_of,
)
from mlesmith_generator.trace.strangers import harmless
from mlesmith_generator.trace.talks import Line, Talk, exchanges_of, joined

_HEADS = frozenset({"start", "profile", "idea", "done", "stopped", "failed"}) | EVENTS
"""Events that are told in words of their own wherever they stand."""
_WORDED = _HEADS | {"draft", "gate"} | IDEA_ENDINGS.keys()
"""Events of an idea that are told in words of their own."""
_IDEA_WORDS = ("target", "objective", "metric", "holdout", "justification")


def story_of(registry: Path, dataset: str, attempt: int | None = None) -> Story:
    """Return the story of an attempt at a dataset.

    Args:
        registry: The root in which ledger and transcripts lie.
        dataset: Slug of the dataset.
        attempt: Number of the attempt, from 1; by default the last that ended, or else the last.

    Raises:
        LedgerError: The registry has no ledger, or it knows no such dataset or attempt.
    """
    known = attempts_of(records_of(registry))
    if not known:
        raise LedgerError(
            f"{registry} holds no ledger; `mlesmith generate … --registry {registry}` writes one"
        )
    if dataset not in known:
        raise LedgerError(
            f"the ledger of {registry} knows no dataset {harmless(dataset)!r}"
            + _hint(dataset, [harmless(name) for name in known])
        )
    attempts = known[dataset]
    number = last_ended(attempts) % len(attempts) + 1 if attempt is None else attempt
    if not 1 <= number <= len(attempts):
        raise LedgerError(
            f"there is no attempt {number} at {dataset}; they go from 1 to {len(attempts)}"
        )
    events: list[Event] = harmless(attempts[number - 1])
    headers = [_attempt(place, harmless(each)) for place, each in enumerate(attempts, 1)]
    lines, unreadable = _lines(registry, dataset, attempts, number - 1)
    return _story(dataset, headers, number, events, lines, unreadable)


def _story(
    dataset: str,
    headers: Sequence[Attempt],
    number: int,
    events: Sequence[Event],
    lines: Sequence[Line],
    unreadable: int,
) -> Story:
    costs = costs_by_stage(events)
    exchanges = exchanges_of(lines, {each.stage: each.models for each in costs})
    starts = named(events, "idea")
    numbers = {start.get("idea") for start in starts}
    begins = [*map(time_of, starts), float("inf")]
    profile = next(iter(named(events, "profile")), None)
    return Story(
        dataset=str(harmless(dataset)),
        attempt=headers[number - 1],
        others=tuple(header for header in headers if header.number != number),
        facts=facts_of(next(iter(named(events, "start")), {})),
        tables=None if profile is None else _tables(profile),
        problems=tuple(map(str, (profile or {}).get("problems", ()))),
        notes=tuple(
            _note(event)
            for event in events
            if event.get("event") not in _HEADS
            and (event.get("idea") not in numbers or event.get("idea") is None)
        ),
        brainstorm=joined(talk for talk in exchanges if talk.began < begins[0]),
        ideas=tuple(
            _idea(start, events, [talk for talk in exchanges if begin <= talk.began < end])
            for start, (begin, end) in zip(starts, pairwise(begins), strict=True)
        ),
        faults=_faults(events),
        costs=costs,
        total=costs_of("all", events),
        unreadable=unreadable,
    )


def _tables(profile: Event) -> tuple[Table, ...]:
    return tuple(
        Table(str(name), int(rows), int(columns)) for name, rows, columns in profile["tables"]
    )


def _idea(start: Event, events: Sequence[Event], exchanges: Sequence[Talk]) -> IdeaStory:
    about = [event for event in events if event.get("idea") == start.get("idea")]
    return IdeaStory(
        number=int(start.get("idea") or 0),
        target=str(start.get("target", "?")),
        objective=str(start.get("objective", "?")),
        metric=str(start.get("metric", "?")),
        holdout=str(start.get("holdout", "?")),
        justification=str(start.get("justification", "")),
        facts=facts_of(start, _IDEA_WORDS),
        rounds=rounds_of(about, exchanges),
        notes=tuple(_note(event) for event in about if event.get("event") not in _WORDED),
        ending=ending_of_idea(about, named(events, "withdrawn"), ending(events)),
        costs=costs_of(f"idea {start.get('idea')}", about),
    )


def _attempt(number: int, events: Sequence[Event]) -> Attempt:
    end = ending(events)
    began = events[0].get("time")
    return Attempt(
        number=number,
        run=str(events[0].get("run", "")),
        ending=str(end.get("event", "not ended")),
        tasks=len(named(events, "task")),
        began=None if began is None else float(began),
        reason=str(end.get("reason", "")),
        seconds=seconds_of(end),
    )


def _lines(
    registry: Path, dataset: str, attempts: Sequence[Sequence[Event]], place: int
) -> tuple[list[Line], int]:
    """Return the messages of an attempt, and how many lines of it could not be read."""
    path = registry / TRANSCRIPTS / f"{dataset}.jsonl"
    if not path.is_file():
        return [], 0
    run = str(attempts[place][0].get("run", ""))
    began = [time_of(each[0]) for each in attempts if str(each[0].get("run", "")) == run]
    begin = time_of(attempts[place][0])
    end = min((time for time in began if time > begin), default=float("inf"))
    lines: list[Line] = []
    unreadable = 0
    for record in read_journal(path):
        try:
            if str(record.get("run", "")) == run and begin <= float(record["time"]) < end:
                lines.append(Line.of(harmless(record)))
        except (KeyError, TypeError, ValueError):
            unreadable += 1
    return lines, unreadable


def _faults(events: Sequence[Event]) -> tuple[str, ...]:
    """Return faults and failures, a line each; equal ones are counted."""
    counted = Counter(
        f"{'fault' if event['event'] == FAULT else 'failure'}(s) for the "
        f"{event.get('role', '?')}, {event.get('reason', '?')}: {event.get('told', '')}"
        for event in events
        if event.get("event") in (FAULT, FAILURE)
    )
    return tuple(f"{count} {line}" for line, count in counted.items())


def _note(event: Event) -> str:
    told = "; ".join(f"{name}: {value}" for name, value in facts_of(event))
    return f"{event.get('event', '?')}: {told}" if told else str(event.get("event", "?"))


def _hint(dataset: str, known: Sequence[str]) -> str:
    close = [name for name in known if dataset in name][:5]
    close = close or difflib.get_close_matches(dataset, known, 5, 0.6)
    return f"; did you mean {', '.join(close)}?" if close else f"; it knows {', '.join(known[:5])}"
