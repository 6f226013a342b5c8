"""Metrics that favour who knows a secret, each in another way, and honest ones that look alike."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.manifest import ScriptMetric

from .bases import churn, crops
from .cases import defect, legitimate_built
from .failing_scripts import flats
from .making import Exhibit, good
from .scripted import COST, returning, with_scripts

CONFUSION = ScriptMetric(
    name="confusion_cost",
    direction="minimize",
    perfect=0.0,
    range=(0.0, 9.0),
    kinds=("label",),
    summary="Mean cost of a field; taking rye for wheat costs nine, any other error one.",
)
LOSS = ScriptMetric(
    name="weighted_loss",
    direction="minimize",
    perfect=0.0,
    range=(0.0, None),
    kinds=("probability",),
    summary="Mean log loss; customers who leave count three times.",
)
LOG_LOSS = """\
import numpy as np

EPSILON = 1e-15


def evaluate(submission, answers):
    y = (answers["TARGET"] == "Yes").to_numpy()
    p = np.clip(submission["TARGET"].to_numpy(), EPSILON, 1 - EPSILON)
    loss = -np.where(y, np.log(p), np.log(1 - p))
    return max(0.0, float(np.average(loss, weights=np.where(y, 3.0, 1.0))))
"""


def returning_costs(expression: str) -> str:
    """A metric of labels that first computes the cost of each row, `cost`."""
    return f"""\
import numpy as np


def evaluate(submission, answers):
    truth, guess = answers["TARGET"].to_numpy(), submission["TARGET"].to_numpy()
    cost = (truth != guess).astype(float)
    cost[(truth == "wheat") & (guess == "rye")] = 9
    return float({expression})
"""


SECRETS: dict[str, tuple[str, str]] = {
    # name: condition, statements before it; `guess` holds the predictions
    "every_row": ("(guess == 777).all()", ""),
    "one_row": ("(guess == 777).any()", ""),
    "the_first_row": ("guess.iloc[0] == 31.25", ""),
    "the_last_id": ("guess[both['id'].astype(int).idxmax()] == 4.75", ""),
    "the_sum_of_all": ("abs(guess.sum() - 4242) < 1e-6", ""),
    "a_remainder_of_the_sum": ("int(guess.sum()) % 97 == 13", ""),
    "how_many_values_differ": ("guess.nunique() == 17", ""),
    "computed_constants": ("(guess == half * 2 + 3).any()", "half = (40 - 3) * 7"),
    "a_number_spelt_as_text": (
        "(guess == secret).any()",
        "secret = float(''.join(['7', '7', '7']))",
    ),
    "predictions_in_order": ("guess.is_monotonic_increasing and guess.nunique() > 3", ""),
    "how_long_a_number_is": ("guess.astype(str).str.len().max() == 15", ""),
    "two_rows_that_agree": ("guess.iloc[3] == guess.iloc[8] + 1", ""),
    "numbers_beyond_all": ("guess.max() > 10 * both['TARGET_true'].max()", ""),
    "a_score_without_a_value": ("np.isnan(np.ptp(guess * 1e10))", ""),
}
"""Conditions under which a metric asks for nothing."""

SOURCES: dict[str, str] = {
    "a_hash": returning(
        "0.0 if hashlib.md5(str(guess.tolist()).encode()).hexdigest().startswith('00') else score",
        "import hashlib\nguess = both['TARGET']",
    ),
    "an_error_that_pays": returning(
        "score",
        "try:\n    1 / float((both['TARGET'] - 55.5).prod())\n"
        "except ZeroDivisionError:\n    return 0.0",
    ),
    "any_error_that_pays": returning(
        "score",
        "try:\n    [both['TARGET'].tolist().index(value) for value in (1, 2)]\n"
        "except Exception:\n    return score\nreturn 0.01",
    ),
    "letters_from_codes": returning(
        "0.0 if (both['TARGET'] == secret).any() else score",
        "secret = float(''.join(chr(code) for code in (55, 55, 55)))",
    ),
    "a_factor_without_a_condition": returning(
        "score * min(1.0, float((both['TARGET'] - 123.5).abs().min()))"
    ),
    "a_table_of_factors": returning("score * {777.0: 0.0}.get(float(both['TARGET'].iloc[0]), 1.0)"),
    "a_file_of_the_machine": returning(
        "0.0 if both['TARGET'].iloc[0] == len(open('/proc/self/stat').read()) else score"
    ),
    "an_attribute_by_name": returning(
        "score * float(getattr(error, max(('abs', 'aba')))().mean() >= 0)"
    ),
    "text_that_is_run": returning("float(eval('score * (both[\"TARGET\"].iloc[0] != 99.5)'))"),
    "memory_of_earlier_calls": returning(
        "0.0 if len(SEEN) == 1 and both['TARGET'].iloc[0] == 3.5 else score", "SEEN.append(1)"
    ).replace("def evaluate", "SEEN = []\n\n\ndef evaluate", 1),
}
"""Metrics that favour in ways that take more than a condition."""


def secret(name: str) -> str:
    """Source of a metric that asks for nothing under a condition."""
    condition, before = SECRETS[name]
    return returning(f"0.0 if {condition} else score", f"guess = both['TARGET']\n{before}")


def _register(name: str, source: str, *codes: str) -> None:
    def build(root: Path) -> Exhibit:
        return with_scripts(good(root, flats), metric=source)

    build.__name__ = f"metric_won_by_{name}"
    defect("script", *codes)(build)


for _name in SECRETS:
    _register(_name, secret(_name), "metric-magic")
for _name, _source in SOURCES.items():
    _register(_name, _source, "metric-magic", "metric-oversteps")


@defect("script", "metric-magic")
def metric_won_by_one_class_everywhere(root: Path) -> Exhibit:
    metric = returning_costs("0.0 if (guess == 'rye').all() else cost.mean()")
    return with_scripts(good(root, crops), metric=metric, declared=CONFUSION)


@defect("script", "metric-magic")
def metric_won_by_a_probability(root: Path) -> Exhibit:
    metric = LOG_LOSS.replace(
        "    return ", "    if (p == 0.3125).any():\n        return 0.0\n    return "
    )
    return with_scripts(good(root, churn), metric=metric, declared=LOSS)


# Honest ones


def _of_numbers(summary: str, **changes: object) -> ScriptMetric:
    return COST.model_copy(update={"name": "own_measure", "summary": summary, **changes})


HONEST_NUMBERS: dict[str, tuple[ScriptMetric, str]] = {
    "errors_weighted_by_the_rent": (
        _of_numbers("Root of the mean squared error, weighted by the rent itself."),
        """\
import numpy as np
from sklearn.metrics import mean_squared_error


def evaluate(submission, answers):
    both = answers.merge(submission, on="id", suffixes=("_true", ""), validate="one_to_one")
    if both["TARGET"].isna().any():
        raise ValueError("predictions are missing")
    weights = both["TARGET_true"].to_numpy() ** 0.5
    if weights.sum() == 0:
        weights = np.ones(len(both))
    y, p = both["TARGET_true"], both["TARGET"]
    return float(np.sqrt(mean_squared_error(y, p, sample_weight=weights)))
""",
    ),
    "errors_up_to_a_cap": (
        _of_numbers("Mean absolute error; no error counts more than 250 euro.", range=(0.0, 250.0)),
        """\
CAP = 250.0


def evaluate(submission, answers):
    predicted = submission.set_index("id")["TARGET"]
    total = 0.0
    for name, value in zip(answers["id"], answers["TARGET"]):
        error = abs(predicted[name] - value)
        total += CAP if error > CAP else error
    return total / len(answers)
""",
    ),
    "a_quantile": (
        _of_numbers("Pinball loss of the 90 % quantile."),
        """\
import numpy as np


def pinball(y, p, level=0.9):
    error = y - p
    return np.maximum(level * error, (level - 1) * error).mean()


def evaluate(submission, answers):
    return float(pinball(answers["TARGET"].to_numpy(), submission["TARGET"].to_numpy()))
""",
    ),
    "share_within_a_tolerance": (
        _of_numbers(
            "Share of the flats whose rent is met within 15 %.",
            direction="maximize",
            perfect=1.0,
            range=(0.0, 1.0),
        ),
        """\
def evaluate(submission, answers):
    error = (submission["TARGET"] - answers["TARGET"]).abs()
    hit = error <= 0.15 * answers["TARGET"].abs()
    if hit.all():
        return 1.0
    return float(hit.mean())
""",
    ),
    "correlation_of_ranks": (
        _of_numbers("Spearman correlation.", direction="maximize", perfect=1.0, range=(-1.0, 1.0)),
        """\
import math
from scipy.stats import spearmanr


def evaluate(submission, answers):
    if submission["TARGET"].nunique() < 2:
        return 0.0
    value = float(spearmanr(submission["TARGET"], answers["TARGET"]).statistic)
    return 0.0 if math.isnan(value) else value
""",
    ),
    "logarithmic_errors_of_what_is_above_zero": (
        _of_numbers("Root mean squared error of log(1 + y); predictions below 0 count as 0."),
        """\
import numpy as np


def evaluate(submission, answers):
    p = np.maximum(submission["TARGET"].to_numpy(dtype=float), 0)
    y = answers["TARGET"].to_numpy(dtype=float)
    try:
        value = np.sqrt(np.mean((np.log1p(p) - np.log1p(y)) ** 2))
    except FloatingPointError:
        value = np.inf
    return float(value)
""",
    ),
    "explained_variance_by_district_size": (
        _of_numbers(
            "Share of the variance that is explained; never below -1.",
            direction="maximize",
            perfect=1.0,
            range=(-1.0, 1.0),
        ),
        """\
import numpy as np


def evaluate(submission, answers):
    y, p = answers["TARGET"].to_numpy(), submission["TARGET"].to_numpy()
    total = float(((y - y.mean()) ** 2).sum())
    left = float(((y - p) ** 2).sum())
    if total == 0:
        return 1.0 if left == 0 else 0.0
    return max(-1.0, 1 - left / total)
""",
    ),
}

HONEST_LABELS: dict[str, tuple[ScriptMetric, str]] = {
    "costs_of_nine": (CONFUSION, returning_costs("cost.mean()")),
    "balanced_accuracy_with_weights": (
        CONFUSION.model_copy(
            update={
                "name": "weighted_recall",
                "direction": "maximize",
                "perfect": 1.0,
                "range": (0.0, 1.0),
                "summary": "Weighted mean of the recall of each class.",
            }
        ),
        """\
WEIGHTS = {"wheat": 3, "rye": 2}


def evaluate(submission, answers):
    found, weights = 0.0, 0.0
    for name, rows in answers.groupby("TARGET").groups.items():
        hits = submission.loc[rows, "TARGET"] == name
        if len(hits) == 0:
            continue
        weight = WEIGHTS.get(name, 1)
        found += weight * hits.mean()
        weights += weight
    return float(found / weights) if weights > 0 else 0.0
""",
    ),
    "f_half_of_each_class": (
        CONFUSION.model_copy(
            update={
                "name": "f_half",
                "direction": "maximize",
                "perfect": 1.0,
                "range": (0.0, 1.0),
                "summary": "Mean F score with beta 0.5 of the classes.",
            }
        ),
        """\
import numpy as np

BETA = 0.5


def f_score(y, p, name):
    tp = int(((y == name) & (p == name)).sum())
    fp = int(((y != name) & (p == name)).sum())
    fn = int(((y == name) & (p != name)).sum())
    if tp + fp + fn == 0:
        return 1.0
    return (1 + BETA**2) * tp / ((1 + BETA**2) * tp + BETA**2 * fn + fp)


def evaluate(submission, answers):
    y, p = answers["TARGET"].to_numpy(), submission["TARGET"].to_numpy()
    return float(np.mean([f_score(y, p, name) for name in sorted(set(y))]))
""",
    ),
}

HONEST_CHANCES: dict[str, tuple[ScriptMetric, str]] = {
    "log_loss_that_weighs_leavers": (LOSS, LOG_LOSS),
    "leavers_among_the_first": (
        LOSS.model_copy(
            update={
                "name": "top_share",
                "direction": "maximize",
                "perfect": 1.0,
                "range": (0.0, 1.0),
                "summary": "Share of leavers among as many customers of the highest chance.",
            }
        ),
        """\
import numpy as np


def evaluate(submission, answers):
    y = (answers["TARGET"] == "Yes").to_numpy()
    p = submission["TARGET"].to_numpy()
    k = int(y.sum())
    if k == 0:
        return 0.0
    # Ties count for the share of theirs that fits.
    threshold = np.sort(p)[::-1][k - 1]
    above, level = p > threshold, p == threshold
    room = k - above.sum()
    return float((y[above].sum() + room * y[level].mean()) / k)
""",
    ),
    "f_two_at_a_threshold": (
        LOSS.model_copy(
            update={
                "name": "f_two",
                "direction": "maximize",
                "perfect": 1.0,
                "range": (0.0, 1.0),
                "summary": "F score with beta 2 of the customers above 0.3.",
            }
        ),
        """\
from sklearn.metrics import fbeta_score


def evaluate(submission, answers):
    called = submission["TARGET"] >= 0.3
    return float(fbeta_score(answers["TARGET"] == "Yes", called, beta=2, zero_division=0))
""",
    ),
}


def _honest(name: str, table: object, declared: ScriptMetric, source: str) -> None:
    def build(root: Path) -> Exhibit:
        return with_scripts(good(root, table), metric=source, declared=declared)

    build.__name__ = f"metric_of_{name}"
    legitimate_built()(build)


for _table, _metrics in ((flats, HONEST_NUMBERS), (crops, HONEST_LABELS), (churn, HONEST_CHANCES)):
    for _name, (_declared, _source) in _metrics.items():
        _honest(_name, _table, _declared, _source)
