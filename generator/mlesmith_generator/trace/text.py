"""A story as text: a line for everything, indented under what it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from mlesmith_generator.llm.toolbox import shortened
from mlesmith_generator.trace.costs import Costs
from mlesmith_generator.trace.story import Facts, Gate, IdeaStory, Round, Story
from mlesmith_generator.trace.talks import Step, Talk

_SHORT = 240
"""Characters of what was said, where not all of it is asked for."""
_NAMES = {"prompt": "prompt", "question": "asked", "answer": "answered"}
_COLOURS = {"admitted": "green", "abandoned": "red", "unjudged": "yellow", "stopped": "yellow"}


class _Outline:
    """Prints lines under lines; texts are never read as markup.

    Args:
        console: Where to print.
        full: Whether to show all of what was said.
    """

    def __init__(self, console: Console, *, full: bool) -> None:
        self._console = console
        self.full = full

    def line(self, depth: int, text: str, style: str = "", lead: str = "", tone: str = "") -> None:
        """Print a text at a depth.

        Args:
            depth: How far in.
            text: What to print; each of its lines stands at the same depth.
            style: Of the text.
            lead: Printed before it.
            tone: Style of the lead.
        """
        whole = Text.assemble((lead, tone), (text, style))
        indent = Text("  " * depth)
        width = max(20, self._console.width - len(indent))
        # A pipe gets lines as they are, a terminal gets them folded under themselves.
        lines = whole.wrap(self._console, width) if self._console.is_terminal else whole.split("\n")
        for each in lines:
            each.rstrip()
            self._console.print(indent + each, soft_wrap=True, highlight=False)

    def said(self, depth: int, text: str, style: str = "", lead: str = "") -> None:
        """Print what somebody said, or its beginning and end on a line."""
        told = text if self.full else " ".join(shortened(text, _SHORT).split())
        self.line(depth, told, style, lead, "bold" if lead else "")

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()


def tell(story: Story, console: Console, *, full: bool = False) -> None:
    """Print a story.

    Args:
        story: The story; its texts are harmless already.
        console: Where to print.
        full: Whether to show messages, arguments and results whole.
    """
    out = _Outline(console, full=full)
    out.line(0, story.attempt.title, lead=f"{story.dataset}: ", tone="bold")
    _facts(out, 1, story.facts)
    out.line(1, story.profile, lead="profile ", tone="dim")
    for problem in story.problems:
        out.line(1, problem, lead="problem ", tone="yellow")
    for note in story.notes:
        out.line(1, note)
    if story.unreadable:
        out.line(1, f"{story.unreadable} line(s) of the transcript can not be read", "yellow")
    for other in story.others:
        out.line(1, other.title, "dim", lead="also ", tone="dim")
    if story.brainstorm:
        out.gap()
        out.line(0, "where the ideas came from", "bold")
        _talks(out, 1, story.brainstorm)
    for idea in story.ideas:
        out.gap()
        _idea(out, idea)
    out.gap()
    out.line(0, ", ".join(story.admitted) or "none", lead="tasks: ", tone="bold")
    _costs(out, story)


def _idea(out: _Outline, idea: IdeaStory) -> None:
    out.line(0, idea.title, lead=f"idea {idea.number}: ", tone="bold")
    out.line(1, idea.justification, "italic")
    _facts(out, 1, idea.facts)
    for each in idea.rounds:
        _round(out, each)
    for note in idea.notes:
        out.line(1, note)
    if idea.costs.asked:
        out.line(1, _told(idea.costs), "dim", lead="costs ", tone="dim")
    out.line(1, idea.ending.title, _COLOURS.get(idea.ending.how, "dim"))


def _round(out: _Outline, each: Round) -> None:
    draft = f"draft {each.slug}" if each.drafted else "no draft came of it"
    out.line(1, draft, lead=f"round {each.number}: ", tone="bold")
    _facts(out, 2, each.facts)
    for change in each.mended:
        out.said(2, change, lead="mended: ")
    _talks(out, 2, each.work)
    for gate in each.gates:
        _gate(out, gate)
    _talks(out, 2, each.judging)


def _gate(out: _Outline, gate: Gate) -> None:
    took = "" if gate.seconds is None else f" ({gate.seconds:.1f} s)"
    word, tone = ("pass", "green") if gate.passed else ("FAIL", "bold red")
    out.line(2, f"{gate.title}{took}", lead=f"{word}  ", tone=tone)
    for defect in gate.defects:
        stage = f", back to {defect.stage}" if defect.stage else ""
        columns = f" [{', '.join(defect.columns)}]" if defect.columns else ""
        out.line(3, f"{stage}: {defect.evidence}{columns}", lead=defect.code, tone="red")


def _talks(out: _Outline, depth: int, talks: Iterable[Talk]) -> None:
    for talk in talks:
        out.line(depth, talk.title, "cyan")
        for step in talk.steps:
            _step(out, depth + 1, step)


def _step(out: _Outline, depth: int, step: Step) -> None:
    if step.kind == "prompt" and not out.full:
        out.line(depth, f"{len(step.text):,} characters", "dim", "prompt: ", "bold")
        return
    if step.kind == "call":
        out.line(depth, step.tool, lead="called ", tone="bold")
        for name, value in step.fields:
            out.said(depth + 1, value, lead=f"{name}: ")
        if not step.fields:
            out.said(depth + 1, step.arguments, lead="with: ")
        out.said(depth + 1, step.text, "dim", lead="result: ")
        return
    if not step.fields:
        out.said(depth, step.text, lead=f"{_NAMES[step.kind]}: ")
        return
    out.line(depth, f"{_NAMES[step.kind]}:", "bold")
    for name, value in step.fields:
        out.said(depth + 1, value, lead=f"{name}: ")


def _facts(out: _Outline, depth: int, facts: Facts) -> None:
    if facts:
        out.line(depth, "; ".join(f"{name} {value}" for name, value in facts), "dim")


def _costs(out: _Outline, story: Story) -> None:
    if not story.costs:
        out.line(0, "no model was asked", lead="costs: ", tone="bold")
        return
    out.line(0, _told(story.total), lead="costs: ", tone="bold")
    for each in story.costs:
        models = f" ({', '.join(each.models)})" if each.models else ""
        out.line(1, f"{models}: {_told(each)}", lead=each.stage)
    for fault in story.faults:
        out.line(1, fault, "yellow")


def _told(costs: Costs) -> str:
    failed = ""
    if costs.faults or costs.failures:
        failed = f"; {costs.faults} fault(s), {costs.failures} failure(s) of the provider"
    return (
        f"{costs.price}; {costs.calls:,} call(s) paid for, {costs.cached:,} known before; "
        f"{costs.prompt_tokens:,} tokens read, {costs.completion_tokens:,} written{failed}"
    )
