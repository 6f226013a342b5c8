# The single best column: each of its bins' average or, of numbers, a line; chosen on rows left out.
import itertools

table = Table()
targets = as_targets(table.answers)
overall = targets.mean(axis=0)


COARSE, FINE = int(np.clip(table.size // 20, 2, 64)), int(np.clip(table.size // 5, 2, 2000))


def bin_numbers(values, most_bins):
    """Codes of quantile bins; missing values have one of their own."""
    edges = np.unique(np.nanquantile(values[: table.size], np.linspace(0, 1, most_bins + 1)[1:-1]))
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))


def bin_averages(codes, answers, weight=1.0):
    """Sum of the answers and number of rows in each bin, pulled to the overall average."""
    counts = np.bincount(codes, minlength=codes.max() + 1)[:, None] + weight
    sums = np.column_stack([np.bincount(codes, column) for column in answers.T])
    return sums + weight * overall, counts


def leave_one_out_error(codes, answers):
    """Squared error when each row is predicted by the others of its bin."""
    sums, counts = bin_averages(codes, answers)
    return np.mean((answers - (sums[codes] - answers) / np.maximum(counts[codes] - 1, 1e-9)) ** 2)


places = np.flatnonzero(~np.isnan(table.split(table.numbers)[0]).all(axis=0))
binned = [
    (table.number_sources[place], bin_numbers(table.numbers[:, place], most_bins))
    for most_bins in (COARSE, FINE)  # A course of ups and downs needs bins of a few rows.
    for place in places
]
binned += [
    (source, as_codes(words)) for source, words in zip(table.category_sources, table.categories)
]
looked_at = min(table.size, max(200, 20_000_000 // max(1, len(binned) * targets.shape[1])))
errors = [leave_one_out_error(codes[:looked_at], targets[:looked_at]) for _, codes in binned]
nothing = np.zeros(table.size + len(table.ids), int)
first = int(np.argmin(errors)) if errors else -1
best, codes = binned[first] if errors else ("", nothing)
ABSOLUTE = METRIC in ("mae", "wape", "median_ae", "mape", "smape", "pinball")
LEVEL = QUANTILE if METRIC == "pinball" else 0.5


def predicted_by_bins(codes, known):
    """What the bins say of every row, by the answers of the known training rows."""
    seen, answers = codes[known], targets[known]
    width = codes.max() + 1
    counts = np.bincount(seen, minlength=width)
    if KIND == "number" and ABSOLUTE:
        values = np.full(width, np.quantile(answers, LEVEL))
        for code in np.flatnonzero(counts):
            values[code] = np.quantile(answers[seen == code], LEVEL)
        return values[codes][:, None]
    sums = np.column_stack([np.bincount(seen, column, minlength=width) for column in answers.T])
    return ((sums + overall) / (counts[:, None] + 1))[codes]


def predicted_by_line(values, known, logarithm, robust):
    """What a straight line through the known rows says of every row, on either scale.

    A robust line takes rows far from it for less: it is refitted with weights by their distances.
    """
    forward, back = (np.log1p, np.expm1) if logarithm else (np.asarray, np.asarray)
    values = forward(np.where(np.isnan(values), np.nanmedian(values[known]), values))
    x, y = values[known], forward(table.answers[known])
    weights = np.ones(len(known))
    for _ in range(8 if robust else 1):
        middle, level = np.average(x, weights=weights), np.average(y, weights=weights)
        spread = np.average((x - middle) ** 2, weights=weights)
        slope = np.average((x - middle) * (y - level), weights=weights) / max(spread, 1e-12)
        rest = np.abs(y - level - slope * (x - middle))
        usual = np.median(rest)
        near = 1e-3 * usual if ABSOLUTE else 2 * usual  # All of the distance counts, or what is far.
        weights = 1 / np.maximum(np.maximum(rest, near), 1e-9)
    line = level + slope * (values - middle)
    shift = np.quantile(y - line[known], QUANTILE) if METRIC == "pinball" else 0.0
    return back(np.clip(line + shift, y.min(), y.max()))[:, None]


def error_left_out(predict):
    """The metric's error where each fifth of the rows is predicted by the others."""
    rows = np.random.default_rng(SEED).permutation(table.size)[:5_000]
    guesses = np.zeros(len(rows))
    for part in range(5):
        left_out = np.arange(len(rows)) % 5 == part
        guesses[left_out] = predict(rows[~left_out])[rows[left_out], 0]
    return error(table.answers[rows], finish(guesses, table.answers))


choices = [(best, lambda known: predicted_by_bins(codes, known))]
if KIND == "number" and len(places) and table.size >= 10:
    likely = places[strongest(table.split(table.numbers)[0][:, places], table.answers, 2)]
    likely = np.unique([*likely, *[*places, *places][first : first + 1]])
    scales = (False, True) if table.answers.min() >= 0 else (False,)
    for place, logarithm, robust in itertools.product(likely, scales, (False, True)):
        values = table.numbers[:, place]
        if not logarithm or not (values < 0).any():
            line = (values, logarithm, robust)
            choices.append((
                table.number_sources[place],
                lambda known, line=line: predicted_by_line(line[0], known, *line[1:]),
            ))
    best, predict = min(choices, key=lambda choice: error_left_out(choice[1]))
else:
    best, predict = choices[0]
print(f"best column: {best!r}")

prediction = predict(np.arange(table.size))[table.size :]
prediction = prediction[:, 0] if KIND == "number" else prediction
write_submission(table.ids, finish(prediction, table.answers))
