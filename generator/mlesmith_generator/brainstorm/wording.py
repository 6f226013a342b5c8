"""Why a target makes a good task, told from what was measured."""

from __future__ import annotations

import numpy as np

from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.probe import Signal
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.records import Exclusion


def justify(
    made: Target,
    metric: str,
    errors: float,
    plan: Plan,
    signal: Signal,
    reasons: tuple[str, ...],
    exclusions: tuple[Exclusion, ...],
) -> str:
    """Return two or three sentences: what is asked, how learnable it is, what is held out."""
    sentences = [_asked(made, reasons), _learnable(signal, metric, errors, exclusions)]
    held = _held_out(plan)
    if held:
        sentences.append(held)
    return " ".join(sentences)


def _asked(made: Target, reasons: tuple[str, ...]) -> str:
    good = made.truth[np.isfinite(made.truth)]
    why = f"; {reasons[0]}" if reasons else ""
    if made.amount:
        low, high = _short(float(good.min())), _short(float(good.max()))
        middle = _short(float(np.median(good)))
        return (
            f"{made.target} is known for {len(good)} rows, from {low} to {high} "
            f"with median {middle}{why}."
        )
    counts = np.bincount(good.astype(np.int64), minlength=len(made.classes))
    top = int(np.argmax(counts))
    share = 100 * counts[top] / len(good)
    label = made.classes[top].strip()
    if len(made.classes) == 2:
        return f"{made.target} splits {len(good)} rows in two, {share:.0f} % {label!r}{why}."
    return (
        f"{made.target} has {len(made.classes)} classes over {len(good)} rows, "
        f"the largest {label!r} with {share:.0f} %{why}."
    )


def _learnable(
    signal: Signal, metric: str, errors: float, exclusions: tuple[Exclusion, ...]
) -> str:
    skill = 100 * max(0.0, signal.skill)
    left = f", with {len(exclusions)} telltale columns left out" if len(exclusions) > 1 else ""
    return (
        f"A quick model on the other columns removes {skill:.0f} % of the squared error of a "
        f"constant; in {metric} that is about {errors:.0f} standard errors on the private "
        f"rows{left}."
    )


def _held_out(plan: Plan) -> str:
    if plan.holdout.kind == "group":
        return f"Whole values of {plan.holdout.column} are held out, as they repeat over rows."
    if plan.holdout.kind == "time":
        return f"The latest rows by {plan.holdout.column} are held out."
    return ""


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.3e}"
