"""Good tasks whose pages a person wrote: shorter, in other words, under other headings."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.task import Task

from .bases import churn, demand, housing
from .cases import legitimate_page
from .making import Exhibit, make

_RENT = """# What does a flat cost?

I collected these offers while looking for a flat myself. Can you tell the rent of one from what
the offer says?

## Data

You get two CSV files. `train.csv` has {train} rows with the rent, `test.csv` has {test} rows
without it. Every row has an `id` that means nothing.

## Variables

- `area`: living space in square metres
- `rooms`: number of rooms
- `district`: part of the city
- `built`: year of construction
- `floor`: floor, 0 is the ground floor
- `heating`: kind of heating
- `distance_km`: kilometres to the centre; sometimes missing
- `rent`: what you predict, in euro a month

## Evaluation

Root mean squared error (RMSE) between your rents and the true ones. Smaller is better.

## What to hand in

A CSV file with `id` and `rent`, one line for every row of `test.csv`:

```
id,rent
17,812.5
23,1040
```

The rows of the test set were picked randomly. There is a limit on time and on steps; no network.
"""

_CHURN = """# Who leaves next month?

**Overview.** A telephone company wants to know which customers will leave, so that it can talk to
them first. The hidden customers were chosen by a stratified draw, {test} of them.

**Input.** train.csv and test.csv with the fields months, contract, monthly_charge, support_calls,
age, region, paperless; id identifies a row. The column churned (Yes or No) is to be predicted.

**Output.** submission.csv with the columns id and churned, where churned is a probability between 0
and 1 that the answer is Yes.

```csv
id,churned
5,0.13
8,0.77
```

**Score.** ROC AUC, higher is better. Half of it is luck, so look at more than one split. Runs are
limited to a minute each.
"""


def _filled(template: str) -> object:
    def page(task: Task) -> str:
        prepared = task.prepare().public_dir

        def rows(name: str) -> int:
            return len((prepared / name).read_text(encoding="utf-8").splitlines()) - 1

        return template.format(train=f"{rows('train.csv'):,}", test=f"{rows('test.csv'):,}")

    return page


@legitimate_page
def a_page_in_the_first_person(root: Path) -> Exhibit:
    return make(root, housing(), _filled(_RENT))


@legitimate_page
def a_page_without_headings(root: Path) -> Exhibit:
    return make(root, churn(), _filled(_CHURN))


@legitimate_page
def a_page_with_a_licence_and_an_address_of_it(root: Path) -> Exhibit:
    def page(task: Task) -> str:
        note = "The data are free to use: https://creativecommons.org/licenses/by/4.0/\n\n## Rules"
        return task.description.replace("## Rules", note)

    return make(root, demand(), page)


@legitimate_page
def a_page_that_quotes_some_training_rows(root: Path) -> Exhibit:
    def page(task: Task) -> str:
        lines = (task.prepare().public_dir / "train.csv").read_text(encoding="utf-8").splitlines()
        shown = "\n".join(lines[:6])
        return task.description.replace("## Target", f"```csv\n{shown}\n```\n\n## Target")

    return make(root, housing(), page)
