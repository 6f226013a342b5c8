"""How an environment answers each kind of action."""

from __future__ import annotations

from mlesmith_env.actions import Action
from mlesmith_env.briefing import TOPICS, Briefing
from mlesmith_env.episode import Episode, StepResult, number_of_step
from mlesmith_env.errors import InvalidActionError
from mlesmith_env.programs import ProgramRunner


def carry_out(
    action: Action, episode: Episode, briefing: Briefing, runner: ProgramRunner
) -> StepResult:
    """Carry out an action.

    Args:
        action: The action, checked.
        episode: The episode, its step counted already.
        briefing: What can be told about the task.
        runner: What runs programs.

    Raises:
        InvalidActionError: The content names what there is not; the message says what there is.
        SandboxError: The sandbox broke down.
    """
    if not episode.seconds_left and action.kind != "submit":
        error = "the episode's time budget was used up before this action"
        return StepResult("timeout", f"Nothing was done: {error}.", error=error)
    content = action.content.strip()
    match action.kind:
        case "validate_code" | "execute_code":
            return runner.run(action, episode)
        case "request_info":
            return StepResult("ok", _topic(content.lower(), episode, briefing))
        case "get_history":
            return StepResult("ok", _history(content, episode))
        case "reset":
            runner.empty_workspace()
            return StepResult("ok", f"{briefing.after_reset} Submissions made so far stay.")
        case "submit":
            chosen = episode.choose(content)
            valid = chosen is not None
            return StepResult("ok", chosen=chosen, valid_submission=valid, ends=True)


def _topic(topic: str, episode: Episode, briefing: Briefing) -> str:
    left = f"Left: {episode.steps_left} steps, {episode.seconds_left:.0f} s."
    if not topic:
        return f"{briefing.everything}\n{left}"
    if topic not in TOPICS:
        raise InvalidActionError(
            f"request_info knows no {topic[:40]!r}; content is one of {', '.join(TOPICS)}, or "
            "empty for all"
        )
    return briefing.topics[topic] + (f"\n{left}" if topic == "limits" else "")


def _history(content: str, episode: Episode) -> str:
    if not content:
        return episode.history()
    step = number_of_step(content)
    record = episode.log.read_step(step)
    if record is None:
        raise InvalidActionError(
            f"get_history knows no step {content[:40]!r}; content is the number of an earlier "
            "step, or empty for all"
        )
    parts = [f"Step {step}: {record['kind']}, {record['status']}"]
    parts += [str(record["error"])] if record["error"] else []
    return "\n".join([*parts, "Content:", str(record["content"])])
