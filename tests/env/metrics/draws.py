"""Truth and predictions of every kind, drawn with a seed."""

from __future__ import annotations

import numpy as np

from mlesmith_env.metrics import get_metric, metric_names

LABELS = ("cat", "dog", "hen")
TAGS = ("O", "O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC")
WORDS = ("red", "fox", "runs", "over", "Hills,", "and", "sleeps")


def objects(values):
    """A one-dimensional array that holds the values as they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def arrays(kind, objective, seed, n, *, positive=False, ties=False):
    """Truth and an imperfect prediction of one kind; `n` is at least 2."""
    rng = np.random.default_rng(seed)
    if kind in DRAWN:
        return DRAWN[kind](rng, n)
    if kind == "number":
        y, p = rng.normal(size=(2, n)) * 10.0 ** rng.integers(-3, 4)
        if positive:
            y, p = np.abs(y) + 1e-3, np.abs(p) + 1e-3
        return (np.round(y, 1) + 0.1, np.round(p, 1) + 0.1) if ties else (y, p)
    k = 2 if objective == "binary" else int(rng.integers(4, 7))
    y = rng.integers(0, k, n)
    y[:2] = [0, 1]
    if kind == "label":
        return y, np.where(rng.random(n) < 0.5, y, rng.integers(0, k, n))
    if kind == "probability":
        p = rng.random(n)
        return y, np.round(p, 1) if ties else p
    y[: min(n, k)] = np.arange(k)[: min(n, k)]
    p = rng.dirichlet(np.ones(k), n)
    return y, p


def _numbers(rng, n):
    y = rng.normal(size=(n, 3)) * 10.0 ** rng.integers(-3, 4, 3)
    return y, y + rng.normal(size=(n, 3))


def _interval(rng, n):
    y = rng.normal(size=n)
    return y, np.sort(y[:, None] + rng.normal(size=(n, 2)), axis=1)


def _multilabel(rng, n):
    y = rng.integers(0, 2, (n, 5)).astype(float)
    y[rng.random(y.shape) < 0.1] = np.nan
    y[0], y[1] = 0.0, 1.0
    return y, np.round(rng.random(y.shape), 2)


def _ranking(rng, n):
    relevance = rng.choice([0.0, 0.0, 0.0, 1.0, 2.0], n)
    relevance[:2] = [0.0, 1.0]
    groups = np.arange(n) // 8
    return np.column_stack([relevance, groups]), np.round(rng.normal(size=n), 1)


def _survival(rng, n):
    times, events = np.round(rng.exponential(5.0, n), 1), rng.integers(0, 2, n)
    times[:2], events[:2] = [0.5, 0.7], 1
    return np.column_stack([times, events]), np.round(rng.normal(size=n), 1)


def _items(rng, n):
    def lists(low, high):
        return [tuple(map(str, rng.permutation(40)[: rng.integers(low, high)])) for _ in range(n)]

    return objects(lists(1, 12)), objects(lists(1, 16))


def _tags(rng, n):
    lengths = rng.integers(1, 12, n)
    drawn = [tuple(TAGS[i] for i in rng.integers(0, len(TAGS), size)) for size in lengths]
    told = [tuple(TAGS[i] for i in rng.integers(0, len(TAGS), size)) for size in lengths]
    return objects([("B-PER", "O"), *drawn[1:]]), objects([("O", "O"), *told[1:]])


def _span(rng, n):
    def texts():
        return [" ".join(rng.choice(WORDS, rng.integers(0, 6))) for _ in range(n)]

    return objects(texts()), objects(texts())


def _boxes(rng, n):
    def places(least):
        sizes = [*rng.integers(0, 50, 2), *rng.integers(5, 40, 2)]
        return [
            (str(rng.choice(LABELS)), *(float(v + rng.normal()) for v in sizes))
            for _ in range(int(rng.integers(least, 4)))
        ]

    y = [places(row == 0) for row in range(n)]
    p = [
        [(label, round(float(rng.random()), 2), x + 3.0, *rest) for label, x, *rest in boxes]
        + [(label, round(float(rng.random()), 2), *rest) for label, *rest in places(0)]
        for boxes in y
    ]
    return objects([tuple(row) for row in y]), objects([tuple(row) for row in p])


def runs_of(pixels):
    """Runs of the marked pixels."""
    edges = np.diff(np.concatenate([[0], np.ravel(pixels), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple(zip(starts.tolist(), (ends - starts).tolist(), strict=True))


def _mask(rng, n):
    y = [(rng.random(40) < rng.random()).astype(int) for _ in range(n)]
    p = [np.where(rng.random(40) < 0.2, 1 - pixels, pixels) for pixels in y]
    return objects([runs_of(row) for row in y]), objects([runs_of(row) for row in p])


DRAWN = {
    "numbers": _numbers,
    "interval": _interval,
    "multilabel": _multilabel,
    "ranking": _ranking,
    "survival": _survival,
    "items": _items,
    "tags": _tags,
    "span": _span,
    "boxes": _boxes,
    "mask": _mask,
}


def perfect_prediction(kind, truth, like):
    """The prediction that says the truth."""
    if kind == "probability":
        return truth.astype(float)
    if kind == "probabilities":
        return np.eye(like.shape[1])[truth]
    if kind == "interval":
        return np.column_stack([truth, truth])
    if kind == "multilabel":
        return np.where(np.isnan(truth), 0.5, truth)
    if kind == "ranking":
        return truth[:, 0]
    if kind == "survival":
        return -(truth[:, 0] * 10 + (1 - truth[:, 1]) / 2)
    if kind == "boxes":
        return objects([tuple((box[0], 1.0, *box[1:]) for box in row) for row in truth])
    return truth


def wants_positive(metric):
    """Whether numbers have to be above 0, or the like."""
    return any(str(d) != "any number" for d in (metric.domain, metric.truth_domain))


def metric_cases():
    """Every metric with every kind of prediction, and classes of two and of many where it can."""
    for name in metric_names():
        metric = get_metric(name)
        for kind in metric.kinds:
            several = [each for each in ("binary", "multiclass") if each in metric.objectives]
            told = {
                "probability": ["binary"],
                "probabilities": ["multiclass"],
                "label": several or ["multiclass"],
            }
            for objective in told.get(kind, [kind]):
                yield name, kind, objective
