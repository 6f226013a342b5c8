import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.


def hazard(times, events, weights=None):
    """Cumulative hazard at each row's own time (Nelson-Aalen; Breslow where rows are weighted)."""
    weights = np.ones(len(times)) if weights is None else weights
    moments, place = np.unique(times, return_inverse=True)
    at_risk = np.bincount(place, weights)[::-1].cumsum()[::-1]
    steps = np.bincount(place, events) / np.maximum(at_risk, 1e-12)
    return steps.cumsum()[place]


def residuals(times, events, scores=None):
    """Martingale residuals: events that came less those expected; high for early events."""
    weights = None if scores is None else np.exp(np.clip(scores - scores.mean(), -20, 20))
    expected = hazard(times, events, weights)
    return events - (expected if weights is None else expected * weights)


def concordance(times, events, risks, most=2_500):
    """Share of comparable pairs in which the earlier event has the higher risk."""
    times, events, risks = times[:most], events[:most], risks[:most]
    sooner = (times[:, None] < times[None, :]) | (
        (times[:, None] == times[None, :]) & (events[None, :] == 0)
    )
    pairs = sooner & (events[:, None] == 1)
    np.fill_diagonal(pairs, False)
    right = (risks[:, None] > risks[None, :]) + 0.5 * (risks[:, None] == risks[None, :])
    return right[pairs].mean() if pairs.any() else 0.5


def cox(seen, times, events, asked, weight=3.0, steps=12):
    """Log hazards of a proportional hazards model with a ridge penalty, by Newton's method."""
    order = np.argsort(-times, kind="stable")
    rows, died = seen[order], events[order]
    # Rows of one moment share their risk set: the last of them in this order closes it.
    last = np.append(np.flatnonzero(np.diff(times[order])), len(order) - 1)
    closes = last[np.searchsorted(last, np.arange(len(order)))]
    slopes = np.zeros(rows.shape[1])

    def likelihood(slopes):
        scores = rows @ slopes
        total = np.exp(scores - scores.max()).cumsum()[closes]
        return died @ (scores - scores.max() - np.log(total)) - weight / 2 * slopes @ slopes

    value = likelihood(slopes)
    for _ in range(steps):
        scores = rows @ slopes
        size = np.exp(scores - scores.max())
        total = size.cumsum()[closes]
        means = (size[:, None] * rows).cumsum(axis=0)[closes] / total[:, None]
        pull = died / total
        reach = np.zeros(len(rows))
        np.add.at(reach, closes, pull)
        expected = size * reach[::-1].cumsum()[::-1]
        gradient = rows.T @ (died - expected) - weight * slopes
        curve = (rows * expected[:, None]).T @ rows - (means * died[:, None]).T @ means
        move = np.linalg.solve(curve + weight * np.eye(len(slopes)), gradient)
        for _ in range(8):
            other = likelihood(slopes + move)
            if other >= value:
                break
            move = move / 2
        gain, slopes, value = other - value, slopes + move, other
        if gain < 1e-6:
            break
    return asked @ slopes


def boosted(seen, times, events, asked, rounds=120, rate=0.08):
    """Log hazards of trees that are fitted, one after another, to the martingale residuals."""
    lowest = np.nan_to_num(np.nanmin(np.vstack([seen, asked]), axis=0)) - 1
    seen, asked = np.where(np.isnan(seen), lowest, seen), np.where(np.isnan(asked), lowest, asked)
    draws = np.random.default_rng(SEED)
    scores, told = np.zeros(len(seen)), np.zeros(len(asked))
    leaf = max(5, len(seen) // 60)
    for turn in range(rounds):
        left = residuals(times, events, scores)
        part = draws.permutation(len(seen))[: max(30, int(0.6 * len(seen)))]
        tree = DecisionTreeRegressor(
            max_depth=3, min_samples_leaf=leaf, max_features=0.5, random_state=turn
        )
        tree.fit(seen[part], left[part])
        scores, told = scores + rate * tree.predict(seen), told + rate * tree.predict(asked)
    return told


def forest(seen, times, events, asked, trees=60):
    """Expected events by the end: cumulative hazards of the leaves, averaged over trees."""
    lowest = np.nan_to_num(np.nanmin(np.vstack([seen, asked]), axis=0)) - 1
    seen, asked = np.where(np.isnan(seen), lowest, seen), np.where(np.isnan(asked), lowest, asked)
    model = ExtraTreesRegressor(
        n_estimators=trees, min_samples_leaf=max(6, len(seen) // 80), max_features=0.5,
        random_state=SEED,
    ).fit(seen, residuals(times, events))
    leaves, reached = model.apply(seen), model.apply(asked)
    moments = np.quantile(times, np.linspace(0.1, 0.95, 12))
    risks = np.zeros(len(asked))
    for tree in range(trees):
        _, place = np.unique(leaves[:, tree], return_inverse=True)
        size = place.max() + 1
        mortality = np.zeros(size)
        before = np.zeros(len(times), bool)
        for moment in moments:
            now = (times <= moment) & ~before
            at_risk = np.bincount(place[~before], minlength=size)
            mortality += np.bincount(place[now], events[now], size) / np.maximum(at_risk, 1)
            before |= now
        risks += mortality[np.searchsorted(np.unique(leaves[:, tree]), reached[:, tree])]
    return risks / trees


def ranks(values):
    """Places of the values from 0 to 1."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(values) - 1, 1)


def ready_table(most_rows=8_000):
    """The table with its times and events; its answers become residuals, to describe levels by."""
    table = Table(most_rows=most_rows)
    times, events = table.answers.T
    table.answers = residuals(times, events)
    return table, times, events
