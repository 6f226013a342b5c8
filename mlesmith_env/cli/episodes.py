"""`mlesmith run` and `mlesmith play`: one episode, by an agent or by a person."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from mlesmith_env.cli.registry import AsJson
from mlesmith_env.errors import MlesmithError

if TYPE_CHECKING:
    import gymnasium as gym

    from mlesmith_env.agents import Agent

TaskName = Annotated[str, typer.Argument(help="Slug or id, for instance `abalone-rings`.")]
SandboxName = Annotated[str, typer.Option(help="`local` confines, `subprocess` does not.")]
MaxSteps = Annotated[int | None, typer.Option(help="Steps of the episode.", min=1)]
LogDir = Annotated[Path | None, typer.Option(help="Keep trajectory, outputs, submissions here.")]

_HELP = """\
:run FILE       run a program and score its submission on the public rows
:validate FILE  run a program and check its submission's format only
:info [TOPIC]   overview, data, sample_submission, metric or limits
:history        what was done so far
:reset          empty the workspace
:submit [STEP]  end the episode with the best submission, or with that of a step
:quit           leave without settling
Anything else begins a program; end it with a line that holds a single dot."""


def run(
    task: TaskName,
    programs: Annotated[
        list[Path] | None, typer.Argument(help="Programs to run in this order, then submit.")
    ] = None,
    agent: Annotated[
        Path | None, typer.Option(help="A Python file of yours with `make_agent(task)`.")
    ] = None,
    sandbox: SandboxName = "local",
    seed: Annotated[int, typer.Option(help="Seed of the episode.")] = 0,
    max_steps: MaxSteps = None,
    log_dir: LogDir = None,
    as_json: AsJson = False,
) -> None:
    """Play one episode: with the scripted agent, with programs, or with an agent of yours.

    Exit status 1 where the episode ends without a valid submission.

    Example: `mlesmith run breast-cancer-diagnosis solution.py --log-dir ./episode`
    """
    from mlesmith_env.agents import ProgramsAgent, ScriptedAgent, load_agent
    from mlesmith_env.env import TaskEnv
    from mlesmith_env.registry import load_task

    loaded = load_task(task)
    if programs and agent:
        raise MlesmithError("give programs or --agent, not both")
    if agent:
        player = load_agent(agent, loaded)
    elif programs:
        player = ProgramsAgent([_read(path) for path in programs])
    else:
        player = ScriptedAgent(loaded)
    console = Console(highlight=False, stderr=as_json)
    console.print(f"[bold]{loaded.id}[/]  {loaded.manifest.metric.name} on public rows")
    env = TaskEnv(loaded, sandbox=sandbox, max_steps=max_steps, log_dir=log_dir)
    final, total, steps = play_episode(env, player, console, seed=seed)
    if as_json:
        typer.echo(json.dumps({"task": loaded.id, "steps": steps, "return": total, "final": final}))
    else:
        console.print(final_line(final, total))
    raise typer.Exit(0 if final["valid"] else 1)


def play_episode(
    env: gym.Env[Any, Any], agent: Agent, console: Console, *, seed: int
) -> tuple[dict[str, Any], float, int]:
    """Let an agent play one episode to its end, printing a line a step; closes the environment.

    Returns:
        The private grade, the return, and the number of steps.
    """
    steps, total, ended = 0, 0.0, False
    try:
        observation, info = env.reset(seed=seed)
        while not ended:
            action = dict(agent.act(observation, info))
            observation, reward, terminated, truncated, info = env.step(action)
            steps, total, ended = steps + 1, total + float(reward), terminated or truncated
            console.print(step_line(steps, action, float(reward), info))
    finally:
        env.close()
    return dict(info["final"]), total, steps


def play(
    task: TaskName,
    sandbox: SandboxName = "local",
    seed: Annotated[int, typer.Option(help="Seed of the episode.")] = 0,
    max_steps: MaxSteps = None,
    log_dir: LogDir = None,
) -> None:
    """Play a task yourself at the terminal.

    Example: `mlesmith play breast-cancer-diagnosis`
    """
    from mlesmith_env.env import TaskEnv
    from mlesmith_env.registry import load_task

    console = Console(highlight=False)
    env = TaskEnv(load_task(task), sandbox=sandbox, max_steps=max_steps, log_dir=log_dir)
    try:
        observation, info = env.reset(seed=seed)
        console.print(str(observation["feedback"]), markup=False)
        console.print(_HELP, markup=False)
        total, ended = 0.0, False
        while not ended:
            try:
                action = _ask(console, int(observation["steps_left"]))
            except EOFError:
                action = None
            if action is None:
                console.print("left without settling: this episode has no result")
                raise typer.Exit(1)
            observation, reward, terminated, truncated, info = env.step(action)
            total, ended = total + float(reward), terminated or truncated
            console.print(str(observation["feedback"]), markup=False)
        console.print(final_line(dict(info["final"]), total))
    finally:
        env.close()


def step_line(step: int, action: Mapping[str, str], reward: float, info: Mapping[str, Any]) -> str:
    """Return one line about a step, as console markup."""
    first = action["content"].strip().partition("\n")[0]
    # A program that begins with a comment says what it is; any other action is its kind.
    what = first.lstrip("# ") if first.startswith("#") else action["kind"]
    score = float(info["score"])
    # Adding 0 turns a rounded -0.000 into 0.000.
    shown = f"{score:>10.4g} progress {round(float(info['progress']), 3) + 0.0:6.3f}"
    if math.isnan(score):
        shown = f"{info['status']!s:>26}"
    seconds = info["durations"]["execution"]
    return f"  {step:>2}  {escape(what[:24]):24}{shown} reward {reward:+.3f} {seconds:4.1f} s"


def final_line(final: Mapping[str, Any], total: float) -> str:
    """Return the last line of an episode, as console markup."""
    if not final["valid"]:
        return f"[yellow]no valid submission[/]: {escape(str(final['error']))}"
    rank, medal = float(final["rank"]), str(final["medal"])
    told = f"[bold]private score {final['score']:.6g}[/], progress {final['progress']:.3f}"
    told += "" if math.isnan(rank) else f", rank {rank:.0f} against the ladder"
    return f"{told}{f', {medal} medal' if medal else ''}; return {total:.3f}"


def _ask(console: Console, steps_left: int) -> dict[str, str] | None:
    line = console.input(f"[bold]\\[{steps_left} left] >[/] ")
    verb, _, rest = line.strip().partition(" ")
    kinds = {":info": "request_info", ":history": "get_history", ":reset": "reset"}
    if verb == ":quit":
        return None
    if verb in ("", ":help"):
        console.print(_HELP, markup=False)
        return _ask(console, steps_left)
    if verb in (":run", ":validate"):
        try:
            content = _read(Path(rest.strip()))
        except MlesmithError as error:
            console.print(str(error), markup=False)
            return _ask(console, steps_left)
        return {"kind": "execute_code" if verb == ":run" else "validate_code", "content": content}
    if verb == ":submit":
        return {"kind": "submit", "content": rest.strip()}
    if verb in kinds:
        return {"kind": kinds[verb], "content": rest.strip() if verb == ":info" else ""}
    if verb.startswith(":"):
        console.print(f"there is no {verb}; :help names them all", markup=False)
        return _ask(console, steps_left)
    lines = [line]
    while (line := input("... ")) != ".":
        lines.append(line)
    return {"kind": "execute_code", "content": "\n".join(lines) + "\n"}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MlesmithError(f"{path} can not be read as a program: {error}") from error
