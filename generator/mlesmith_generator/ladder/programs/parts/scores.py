import numpy as np

ABOVE_ZERO = ("rmsle", "poisson_deviance", "gamma_deviance")


def error(truth, guess):
    """What the metric would say about guessed numbers, up to scale: smaller is better."""
    if METRIC in ("mae", "wape"):
        return np.mean(np.abs(truth - guess))
    if METRIC == "median_ae":
        return np.median(np.abs(truth - guess))
    if METRIC == "mape":
        return np.mean(np.abs(truth - guess) / np.maximum(np.abs(truth), 1e-12))
    if METRIC == "smape":
        return np.mean(np.abs(truth - guess) / np.maximum(np.abs(truth) + np.abs(guess), 1e-12))
    if METRIC == "rmsle":
        return np.mean((np.log1p(np.maximum(truth, 0)) - np.log1p(np.maximum(guess, 0))) ** 2)
    if METRIC == "pinball":
        rest = truth - guess
        return np.mean(np.maximum(QUANTILE * rest, (QUANTILE - 1) * rest))
    if METRIC == "poisson_deviance":
        guess = np.maximum(guess, 1e-9)
        return np.mean(guess - truth * np.log(guess))
    if METRIC == "gamma_deviance":
        guess = np.maximum(guess, 1e-9)
        return np.mean(truth / guess + np.log(guess))
    return np.mean((truth - guess) ** 2)


def few_levels(answers):
    """The levels of answers where they are few whole numbers and absolute errors count, or none."""
    levels = np.unique(answers)
    stepped = METRIC in ("mae", "wape") and 2 <= len(levels) <= 25 and (levels == np.rint(levels)).all()
    return levels if stepped else levels[:0]


def at_levels(prediction, told, truth):
    """Predictions moved to the answers' levels, where these are few: a median is one of them.

    The edges between levels are those that err least on rows left out, of which `told` was said
    and `truth` came out; where levels err more than what was said, nothing is moved.
    """
    levels, edges = few_levels(truth), []
    if not len(levels):
        return prediction
    for low, high in zip(levels[:-1], levels[1:]):
        tried = (low + high) / 2 + (high - low) * np.array(sorted(np.arange(-8, 9) / 10, key=abs))
        edges.append(tried[np.argmin([np.mean((told > edge) != (truth > low)) for edge in tried])])
    edges = np.maximum.accumulate(edges)
    better = error(truth, levels[np.searchsorted(edges, told)]) < error(truth, told)
    return levels[np.searchsorted(edges, prediction)] if better else prediction


def score_of_table(table):
    """What the metric says about a table of counts, true class by decided class."""
    total = table.sum()
    truth, decided, right = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    if METRIC == "balanced_accuracy":
        return np.mean(right[truth > 0] / truth[truth > 0])
    if METRIC.startswith("f1"):
        f1 = 2 * right / np.maximum(truth + decided, 1e-12)
        if METRIC == "f1_macro":
            return np.mean(f1[truth + decided > 0])
        return np.sum(f1 * truth) / total if METRIC == "f1_weighted" else f1[-1]
    if METRIC == "fbeta":
        weight = BETA**2
        return (1 + weight) * right[-1] / max(weight * truth[-1] + decided[-1], 1e-12)
    if METRIC == "ordinal_mae":
        steps = np.arange(len(table))
        return -np.sum(np.abs(steps[:, None] - steps[None, :]) * table) / total
    if METRIC == "mcc":
        spread = np.sqrt(max(total**2 - decided @ decided, 0) * max(total**2 - truth @ truth, 0))
        return (right.sum() * total - truth @ decided) / spread if spread > 0 else 0.0
    if METRIC in ("cohen_kappa", "quadratic_kappa"):
        steps = np.arange(len(table))
        cost = np.abs(steps[:, None] - steps[None, :])
        cost = cost**2 if METRIC == "quadratic_kappa" else cost > 0
        chance = np.outer(truth, decided) / total
        return 1 - np.sum(cost * table) / max(np.sum(cost * chance), 1e-12)
    return right.sum() / total


def decide(shares):
    """Turn probabilities into labels: the rule that the model itself expects to score best.

    The rules tried are: the likeliest class, less and less weighted by how common it is, and
    (for ordered classes) the nearest class to the expected one, or the median. Each is judged by the table of
    counts that the probabilities themselves lead one to expect.
    """
    if METRIC in ("accuracy", "top_k_accuracy"):
        return shares.argmax(axis=1)
    sample = shares[:20000]
    common = np.maximum(sample.mean(axis=0), 1e-9)
    rules = [lambda rows, a=a: (rows / common**a).argmax(axis=1) for a in np.linspace(0, 1.2, 13)]
    if METRIC == "quadratic_kappa":
        steps = np.arange(shares.shape[1])
        rules.append(lambda rows: np.rint(rows @ steps).astype(int))
        edges = np.quantile(sample @ steps, np.clip(np.cumsum(common)[:-1], 0, 1))
        rules.append(lambda rows: np.searchsorted(edges, rows @ steps, side="right"))
    if METRIC == "ordinal_mae":  # The median of a distribution is the fewest steps away.
        last = shares.shape[1] - 1
        rules.append(lambda rows: np.minimum((rows.cumsum(axis=1) < 0.5).sum(axis=1), last))
    best, best_score = rules[0], -np.inf
    for rule in rules:
        decision = rule(sample)
        expected = np.zeros((shares.shape[1], shares.shape[1]))
        np.add.at(expected.T, decision, sample)
        score = score_of_table(expected)
        if score > best_score + 1e-9:
            best, best_score = rule, score
    return best(shares)


def finish(prediction, answers):
    """Turn what a model says (numbers, or one probability per class) into what is asked."""
    if KIND == "number":
        low, high = answers.min(), answers.max()
        rest = 0.0 if METRIC in ABOVE_ZERO else 0.2 * (high - low)
        low = max(low, 1e-3 * answers.mean()) if METRIC in ABOVE_ZERO else low
        return np.clip(prediction, low - rest, high + rest)
    # Nobody is ever certain: one more vote for the shares of the classes, absent ones included.
    prior = np.bincount(answers, minlength=len(CLASSES)) + 1 / len(CLASSES)
    shares = (prediction * len(answers) + prior / prior.sum()) / (len(answers) + 1)
    if KIND == "label":
        return decide(shares)
    return shares[:, 1] if KIND == "probability" else shares
