"""`mlesmith generate`, `mlesmith verify` and `mlesmith demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlesmith_env.errors import InvalidSettingError
from mlesmith_env.executor import Budget, Execution

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Datasets (or tasks) at once; by default 1, or as many as a Ray cluster has CPUs.",
        show_default=False,
    ),
]
ShardName = Annotated[
    str, typer.Option("--shard", help="Do part i of n: `2/8`. All parts together do everything.")
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout-s", min=0.0, help="Seconds that a dataset (or task) has."),
]
Memory = Annotated[
    str | None,
    typer.Option("--memory", help="Memory that a worker has with all its processes: `4GB`."),
]
ExecutorOption = Annotated[
    str, typer.Option("--executor", help="Where the work is done: `local` or `ray`.")
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray-address", help="Of a Ray cluster: `auto`, `host:6379`; by default one is started."
    ),
]
_MODELS = "Language models"
SandboxName = Annotated[str, typer.Option(help="Where reference programs run: `local`.")]


def generate(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Folders, files or archives (one dataset each), `sklearn:<name>`, "
            "`hf:<owner>/<name>`, `openml:<id>`, `kaggle:<owner>/<name>`, `url:<...>`, "
            "`synthetic:<form>:<seed>`, `synthetic:` for several."
        ),
    ],
    registry: Annotated[Path, typer.Option(help="Registry to write to; made where missing.")],
    ideas: Annotated[int, typer.Option(min=1, help="Ideas to try for each dataset.")] = 5,
    count: Annotated[
        int, typer.Option(min=1, help="How many worlds `synthetic:` or `synthetic:<form>` is.")
    ] = 10,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many datasets.")] = None,
    workers: Workers = None,
    executor: ExecutorOption = "local",
    ray_address: RayAddress = None,
    shard: ShardName = "1/1",
    timeout_s: Timeout = None,
    memory: Memory = None,
    seed: Annotated[int, typer.Option(help="Same seed, same tasks.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave out what the ledger has as done.")
    ] = False,
    sandbox: SandboxName = "local",
    planner: Annotated[
        str,
        typer.Option(
            help="Who plans: `rules`, `llm` (a language model in every stage) or `mixed` (its "
            "ideas, pages and review, preparation by rules).",
            rich_help_panel=_MODELS,
        ),
    ] = "rules",
    model: Annotated[
        str, typer.Option(help="The model, as its provider calls it.", rich_help_panel=_MODELS)
    ] = "",
    role_model: Annotated[
        list[str] | None,
        typer.Option(
            help="A model of its own for a stage: `designer=some-model`, `reviewer=rules`.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    base_url: Annotated[
        str,
        typer.Option(
            help="Address of an OpenAI-compatible API; the key comes from OPENAI_API_KEY.",
            rich_help_panel=_MODELS,
        ),
    ] = "",
    budget_usd: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Dollars that all runs into the registry may spend together.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    budget_tokens: Annotated[
        int | None,
        typer.Option(min=0, help="Tokens that they may use.", rich_help_panel=_MODELS),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(
            help="YAML file with dollars for a million tokens, by model.", rich_help_panel=_MODELS
        ),
    ] = None,
    idea_tokens: Annotated[
        int,
        typer.Option(
            min=1, help="Tokens after which an idea is not mended again.", rich_help_panel=_MODELS
        ),
    ] = 1_000_000,
    idea_seconds: Annotated[
        float,
        typer.Option(min=1.0, help="Seconds after which it is not.", rich_help_panel=_MODELS),
    ] = 3600.0,
    answer_tokens: Annotated[
        int, typer.Option(min=1, help="Most tokens of one answer.", rich_help_panel=_MODELS)
    ] = 16_000,
    calls_at_once: Annotated[
        int, typer.Option(min=1, help="Calls at the same time.", rich_help_panel=_MODELS)
    ] = 8,
    calls_a_minute: Annotated[
        float | None, typer.Option(min=0.1, help="Calls in a minute.", rich_help_panel=_MODELS)
    ] = None,
    call_timeout_s: Annotated[
        float, typer.Option(min=0.1, help="Seconds that a call has.", rich_help_panel=_MODELS)
    ] = 180.0,
    call_attempts: Annotated[
        int, typer.Option(min=1, help="Tries of a call that fails.", rich_help_panel=_MODELS)
    ] = 5,
    solver: Annotated[
        bool,
        typer.Option(
            "--solver",
            help="Have a model play every task as a further witness; it must beat the floor.",
            rich_help_panel=_MODELS,
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn raw datasets into verified tasks.

    Writes the tasks, `generation.jsonl` (every attempt and defect) and `generation.json` (the
    summary) into the registry. Exit status 1 where no task came out or a dataset failed.

    Example: `mlesmith generate ./my-data ./more.zip openml:61 --registry ./tasks --workers 2`

    On three machines that share a folder: `mlesmith generate ... --shard 1/3`, `2/3` and `3/3`.

    With a language model: `mlesmith generate ./my-data --registry ./tasks --planner llm
    --model some-model --base-url http://localhost:8000/v1 --budget-tokens 2000000`
    """
    from mlesmith_env import synthetic
    from mlesmith_generator.generation import Settings, generate_all
    from mlesmith_generator.shard import Shard

    sources = [each for source in sources for each in synthetic.expand(source, count, seed)]

    models = None
    given = (model, role_model, solver or None, base_url, budget_usd, budget_tokens, prices)
    if planner == "rules" and any(each not in ("", None, []) for each in given):
        raise InvalidSettingError(
            "models play no stage under --planner rules: choose --planner llm or mixed"
        )
    if planner != "rules":
        from mlesmith_generator.llm.endpoint import Endpoint, Patience
        from mlesmith_generator.llm.limits import Limits
        from mlesmith_generator.llm.prices import price_table
        from mlesmith_generator.llm.settings import Bounds, ModelSettings
        from mlesmith_generator.llm.staffing import Staffing

        models = ModelSettings(
            Staffing.parse(planner, model, _pairs(role_model or []), solver=solver),
            Endpoint(
                base_url,
                Patience(attempts=call_attempts, timeout_s=call_timeout_s),
                Limits(calls_at_once, calls_a_minute),
            ),
            price_table(prices),
            budget_usd,
            budget_tokens,
            Bounds(idea_tokens, idea_seconds),
            answer_tokens,
        )
    settings = Settings(registry.absolute(), ideas, seed, sandbox, models)
    complete = generate_all(
        sources,
        settings,
        execution=_execution(executor, workers, ray_address, timeout_s, memory),
        shard=Shard.parse(shard),
        limit=limit,
        resume=resume,
        as_json=as_json,
    )
    raise typer.Exit(0 if complete else 1)


def verify(
    targets: Annotated[
        list[str], typer.Argument(help="Task folders, registry folders, slugs or ids.")
    ],
    workers: Workers = None,
    executor: ExecutorOption = "local",
    ray_address: RayAddress = None,
    shard: ShardName = "1/1",
    timeout_s: Timeout = None,
    memory: Memory = None,
    skip_unavailable: Annotated[
        bool, typer.Option("--skip-unavailable", help="Pass over tasks whose bytes are missing.")
    ] = False,
    update_quality: Annotated[
        bool, typer.Option("--update-quality", help="Measure `quality.json` anew where it passes.")
    ] = False,
    sandbox: SandboxName = "local",
    as_json: AsJson = False,
) -> None:
    """Judge tasks by the three gates, as when they were admitted.

    Exit status 0 when every task passes.

    Example: `mlesmith verify ./tasks --workers 2 --json`
    """
    from mlesmith_generator.shard import Shard
    from mlesmith_generator.verification import verify_all

    passed = verify_all(
        targets,
        execution=_execution(executor, workers, ray_address, timeout_s, memory),
        shard=Shard.parse(shard),
        skip_unavailable=skip_unavailable,
        update_quality=update_quality,
        sandbox=sandbox,
        as_json=as_json,
    )
    raise typer.Exit(0 if passed else 1)


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's files go.")] = Path("demo-output"),
) -> None:
    """Show the whole way, from a raw dataset to a graded episode, in under a minute.

    Example: `mlesmith demo`
    """
    from mlesmith_generator.demonstration import demonstrate

    demonstrate(folder.absolute())


def _pairs(given: list[str]) -> dict[str, str]:
    """Return `stage=model` as pairs; raises InvalidSettingError."""
    pairs: dict[str, str] = {}
    for text in given:
        stage, sign, name = text.partition("=")
        if not sign or not name.strip():
            raise InvalidSettingError(
                f"--role-model {text!r} is no stage=model: write for instance designer=some-model"
            )
        pairs[stage.strip()] = name.strip()
    return pairs


def _execution(
    executor: str,
    workers: int | None,
    address: str | None,
    timeout_s: float | None,
    memory: str | None,
) -> Execution:
    memory_bytes = None if memory is None else _bytes_of(memory)
    return Execution(executor, workers, address, Budget(timeout_s, memory_bytes))


def _bytes_of(text: str) -> int:
    """Return a number of bytes from `4GB`, `500 MiB` or `2g`."""
    from pydantic import ByteSize, TypeAdapter, ValidationError

    try:
        return int(TypeAdapter(ByteSize).validate_python(text))
    except ValidationError as error:
        raise InvalidSettingError(
            f"--memory {text!r} is no size: write for instance 4GB or 500MB"
        ) from error
