"""Call `evaluate(submission, answers)` of `input/metric.py` on every case of `input/cases.npz`.

The outcome goes to `result.json` in the current folder: a score or a fault for each case. It is
checked again outside.
"""

from __future__ import annotations

import importlib
import json
import numbers
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

RESULT = Path.cwd() / "result.json"
STARTING = {
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.spawn",
    "subprocess.Popen",
}


def refuse_processes(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to start processes: a score is a matter of arithmetic."""
    if event in STARTING:
        raise PermissionError(f"metric.py may not start processes ({event})")


def read_answers(order: dict[str, Any]) -> pd.DataFrame:
    """Return the answers: text ids, text labels or float numbers, other columns as they look."""
    frame = pd.read_csv("input/answers.csv", dtype=str, keep_default_na=False, encoding="utf-8")
    for name in frame.columns:
        if name in order["numbers"]:
            frame[name] = frame[name].astype(float)
        elif name not in order["texts"]:
            values = frame[name].astype(object).where(frame[name] != "", None)
            try:
                frame[name] = pd.to_numeric(values)
            except (ValueError, TypeError):
                frame[name] = values
    return frame


def frames_of(
    order: dict[str, Any], answers: pd.DataFrame, rows: NDArray[Any], predictions: NDArray[Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return submission and answers of one case, row by row the same ids."""
    truth = answers.iloc[rows].reset_index(drop=True)
    if len(np.unique(rows)) < len(rows):
        # Rows drawn more than once, to tell how sure a score is: each is a row of its own.
        truth[order["id"]] = [str(number) for number in range(len(rows))]
    columns: dict[str, Any] = {order["id"]: truth[order["id"]].copy()}
    if order["classes"]:
        classes = np.array(order["classes"], dtype=object)
        columns[order["columns"][0]] = classes[predictions]
    else:
        table = predictions.reshape(len(rows), -1)
        columns.update({name: table[:, at] for at, name in enumerate(order["columns"])})
    return pd.DataFrame(columns), truth


def outcome_of(
    evaluate: Callable[[pd.DataFrame, pd.DataFrame], Any],
    submission: pd.DataFrame,
    answers: pd.DataFrame,
) -> dict[str, Any]:
    """Return the score, or what was wrong with it."""
    try:
        value = evaluate(submission, answers)
    except Exception as error:  # noqa: BLE001  whatever the script does is a result
        traceback.print_exc()
        return {"fault": f"raised {type(error).__name__}"}
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return {"fault": f"returned a {type(value).__name__}, not a float"}
    return {"score": float(value)}


def main() -> None:
    """Score every case."""
    order = json.loads(Path("input/order.json").read_text("utf-8"))
    answers = read_answers(order)
    with np.load("input/cases.npz", allow_pickle=False) as file:
        cases = [(file[f"rows{k}"], file[f"predictions{k}"]) for k in range(order["cases"])]
    sys.addaudithook(refuse_processes)
    sys.path.insert(0, str(Path("input").absolute()))
    evaluate = getattr(importlib.import_module("metric"), "evaluate", None)
    if not callable(evaluate):
        sys.exit("metric.py has no function evaluate(submission, answers)")
    outcomes = [outcome_of(evaluate, *frames_of(order, answers, *case)) for case in cases]
    partial = RESULT.with_suffix(".partial")
    partial.write_text(json.dumps(outcomes), encoding="utf-8")
    partial.replace(RESULT)


main()
