"""The rounds of an idea: which conversation led to which draft, which looked at it, what came.

A transcript does not say to which round a message belongs; its time does. Whoever drafts works
towards the next draft, whoever judges looks at the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mlesmith_generator.trace.story import Defect, Ending, Gate, How, Round, facts_of
from mlesmith_generator.trace.talks import Talk, joined

Event = dict[str, Any]

IDEA_ENDINGS: dict[str, How] = {
    "task": "admitted",
    "abandoned": "abandoned",
    "unjudged": "unjudged",
}
"""Events that end an idea."""
_JUDGES = frozenset({"reviewer", "solver"})
_DRAFTERS = frozenset({"brainstormer", "designer", "refactor"})


def rounds_of(about: Sequence[Event], exchanges: Sequence[Talk]) -> tuple[Round, ...]:
    """Return the rounds of an idea.

    Args:
        about: The ledger's events about the idea, in order.
        exchanges: What was said while it was followed, in order.
    """
    drafts = named(about, "draft")
    verdicts = _verdicts(about)
    times = [time_of(draft) for draft in drafts]
    work: dict[int, list[Talk]] = {}
    judging: dict[int, list[Talk]] = {}
    for talk in exchanges:
        drafted = sum(time <= talk.began for time in times)
        if talk.role in _JUDGES and drafted:
            judging.setdefault(drafted - 1, []).append(talk)
        else:
            work.setdefault(drafted, []).append(talk)
    rounds: list[Round] = []
    for place, draft in enumerate(drafts):
        led = joined(work.get(place, ()))
        rounds.append(
            Round(
                number=int(draft.get("round", place)),
                drafted=True,
                slug=str(draft.get("slug", "")),
                facts=facts_of(draft, ("round", "slug")),
                mended=_mended(led, rounds[-1].gates) if rounds else (),
                work=led,
                gates=tuple(_gate(event) for event in verdicts[place]),
                judging=joined(judging.get(place, ())),
            )
        )
    if len(drafts) in work:
        number = rounds[-1].number + 1 if rounds else 0
        rounds.append(Round(number, drafted=False, work=joined(work[len(drafts)])))
    return tuple(rounds)


def ending_of_idea(about: Sequence[Event], withdrawn: Sequence[Event], end: Event) -> Ending:
    """Return what became of an idea.

    Args:
        about: The ledger's events about it, in order.
        withdrawn: Events that take tasks out again.
        end: The event that ended the attempt; empty where it has not ended.
    """
    ends = [event for event in about if event.get("event") in IDEA_ENDINGS]
    if not ends:
        # Only one idea is followed at a time, so what ended the attempt ended this one.
        stopped = end.get("event") == "stopped"
        return Ending("stopped", str(end.get("reason", ""))) if stopped else Ending("open")
    last = ends[-1]
    how = IDEA_ENDINGS[str(last["event"])]
    told = str(last.get("id" if how == "admitted" else "reason", ""))
    gone = [str(event.get("reason", "")) for event in withdrawn if event.get("id") == told]
    return Ending(how, told, seconds_of(last), gone[-1] if gone else "")


def named(events: Iterable[Event], name: str) -> list[Event]:
    """Return the events of one name."""
    return [event for event in events if event.get("event") == name]


def time_of(event: Event) -> float:
    """Return when an event was written down, in seconds since the epoch; 0 where it is not told."""
    return float(event.get("time", 0.0))


def seconds_of(event: Event) -> float | None:
    """Return what something took, or None where it is not told."""
    seconds = event.get("seconds")
    return None if seconds is None else float(seconds)


def _verdicts(about: Sequence[Event]) -> list[list[Event]]:
    """Return the verdicts on every draft, in the order of the ledger."""
    found: list[list[Event]] = []
    for event in about:
        if event.get("event") == "draft":
            found.append([])
        elif event.get("event") == "gate" and found:
            found[-1].append(event)
    return found


def _gate(event: Event) -> Gate:
    return Gate(
        name=str(event.get("gate", "?")),
        passed=bool(event.get("passed")),
        by=str(event.get("by", "rules")),
        seconds=seconds_of(event),
        defects=tuple(
            Defect(
                code=str(defect.get("code", "?")),
                stage=str(defect.get("stage", "")),
                evidence=str(defect.get("evidence", "")),
                columns=tuple(map(str, defect.get("columns", ()))),
            )
            for defect in event.get("defects", ())
        ),
    )


def _mended(work: Sequence[Talk], gates: Iterable[Gate]) -> tuple[str, ...]:
    """Return what was changed: as models tell it, or as rules do it, by leaving out columns."""
    drafting = [talk for talk in work if talk.role in _DRAFTERS]
    if drafting:
        answers = [step for talk in drafting for step in talk.steps if step.kind == "answer"]
        changes = (dict(step.fields).get("changes", "").strip() for step in answers)
        return tuple(change for change in changes if change)
    return tuple(
        f"left out {', '.join(defect.columns)} ({defect.code})"
        for gate in gates
        for defect in gate.defects
        if defect.columns
    )
