"""The command's frame: verbs, errors without tracebacks, exit statuses.

Verbs of other packages (the generator's) come through the entry-point group `mlesmith.commands`,
so this package never imports them by name. Exit status: 0 done, 1 it went wrong (or a check did
not pass), 2 the command line is wrong, 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer
from rich.console import Console
from rich.markup import escape

from mlesmith_env.cli import containers, data, episodes, machine, registry
from mlesmith_env.errors import MlesmithError

app = typer.Typer(
    name="mlesmith",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
)


@app.callback()
def frame(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    """Raw datasets in, verified machine-learning-engineering tasks out, each a Gymnasium env.

    Example: `mlesmith generate ./my-data --registry ./tasks`, then `mlesmith list`.
    """
    del debug  # read by `main`, which also has to see it when parsing fails


app.command("list")(registry.list_tasks)
app.command("show")(registry.show)
app.command("prepare")(data.prepare)
app.add_typer(data.cache_app, name="cache")
app.add_typer(containers.image_app, name="image")
app.add_typer(containers.sandbox_app, name="sandbox")
app.command("play")(episodes.play)
app.command("run")(episodes.run)
app.command("doctor")(machine.doctor)


def main() -> None:
    """Run the command line and exit."""
    debug = "--debug" in sys.argv
    # Wherever it stands on the line.
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        for point in sorted(entry_points(group="mlesmith.commands"), key=lambda p: p.name):
            verb = point.load()
            if isinstance(verb, typer.Typer):
                app.add_typer(verb, name=point.name)
            else:
                app.command(point.name)(verb)
        app(args=arguments)
    except MlesmithError as error:
        if debug:
            raise
        Console(stderr=True, highlight=False).print(f"[bold red]error:[/] {escape(str(error))}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) has gone; nobody is left to tell.
        sys.stderr.close()
        sys.exit(1)
