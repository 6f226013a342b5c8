import numpy as np
import pandas as pd

MOST_PAIRS = 30_000


class Lags:
    """Pairs of a past and a step ahead as rows of numbers, for models that are fitted.

    A row tells how many steps ahead it looks, what the series was at its last moments, one cycle
    before the moment that is asked for and on average, the calendar of that moment and whatever
    else is known of it beforehand. Targets are counted from the series' level at that time, in
    units of its spread.
    """

    def __init__(self, history, logarithm):
        self.history = history
        self.forward, self.back = (np.log1p, np.expm1) if logarithm else (np.asarray, np.asarray)
        self.past = [self.forward(y) for y in history.past]
        self.spread = [max(float(np.std(np.diff(y))), 1e-3 * abs(y).mean(), 1e-9) for y in self.past]
        self.known = self._known()

    def _known(self):
        """Numbers that are known of a moment beforehand, (rows of train and test, width)."""
        history = self.history
        both = pd.concat([history.train, history.test], ignore_index=True)
        columns = []
        if history.unit != "year":
            dates = history.calendar
            parts = [dates.month, dates.day_of_week, dates.hour, dates.day, dates.day_of_year]
            columns += [part.to_numpy(float) for part in parts]
            columns.append(dates.hour.to_numpy(float) + 24 * (dates.day_of_week.to_numpy() >= 5))
        for name in both.columns.difference([ID, TARGET, TIME, SERIES], sort=False):
            values = pd.to_numeric(both[name], errors="coerce").to_numpy(float)
            if np.isfinite(values).mean() < 0.5:
                values = pd.factorize(both[name])[0].astype(float)
            columns.append(values)
        columns.append(history.codes.astype(float))
        table = np.column_stack(columns)
        return table[:, [column.max() > column.min() for column in np.nan_to_num(table).T]]

    def row(self, y, origin, step, spread):
        """Features of the past up to `origin` (excluded), and the level it is counted from."""
        seen = y[:origin]
        season = self.history.seasons[0] if self.history.seasons else 1
        level = seen[-season:].mean() if len(seen) >= season else seen.mean()
        cells = [step, (seen[-1] - level) / spread, (seen[-2] - level) / spread]
        for back in (3, 6, 12, 24):
            cells.append((seen[-back:].mean() - level) / spread)
        for cycle in self.history.seasons:
            first = origin + step - 1 - cycle * int(np.ceil(step / cycle))
            for place in (first, first - cycle):
                near = seen[max(0, place - 1) : place + 2]
                cells += [(seen[place] - level) / spread, (near.mean() - level) / spread] if (
                    place >= 0
                ) else [np.nan, np.nan]
            cells.append((seen[-cycle:].mean() - level) / spread)
        return cells, level

    def pairs(self):
        """Rows and scaled targets of training pairs, drawn from the later part of every past."""
        history, random = self.history, np.random.default_rng(SEED)
        seen = len(history.train)
        horizon = history.horizon
        row_at = {
            (code, place): row
            for row, (code, place) in enumerate(zip(history.codes[:seen], history.places[:seen]))
        }
        rows, targets, weights = [], [], []
        longest = max([1, *history.seasons])
        budget = max(60, MOST_PAIRS // len(self.past))
        for code, y in enumerate(self.past):
            first = max(3, min(longest, len(y) // 2))
            if len(y) - first < 2:
                continue
            for _ in range(min(budget, 3 * (len(y) - first))):
                target = int(random.integers(first + 1, len(y)))
                step = int(random.integers(1, min(horizon, target - first) + 1))
                row = row_at.get((code, history.starts[code] + target))
                if row is None:
                    continue
                cells, level = self.row(y, target - step + 1, step, self.spread[code])
                rows.append([*cells, *self.known[row]])
                targets.append((y[target] - level) / self.spread[code])
        return np.array(rows, float), np.array(targets, float)

    def asked(self):
        """Rows of the test set, their levels and spreads."""
        history = self.history
        seen = len(history.train)
        rows, levels, spreads = [], [], []
        for place, (code, step) in enumerate(zip(history.which, history.ahead)):
            y = self.past[code]
            cells, level = self.row(y, len(y), int(step), self.spread[code])
            rows.append([*cells, *self.known[seen + place]])
            levels.append(level)
            spreads.append(self.spread[code])
        return np.array(rows, float), np.array(levels), np.array(spreads)


def in_logarithms(history):
    """Whether to fit on a logarithmic scale: relative errors count, or sizes differ a lot."""
    answers = history.answers
    if answers.min() < 0:
        return False
    return RELATIVE or np.quantile(answers, 0.95) > 8 * max(np.quantile(answers, 0.2), 1e-12)
