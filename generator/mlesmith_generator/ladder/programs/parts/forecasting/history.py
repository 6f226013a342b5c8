import numpy as np
import pandas as pd

DAY = 86_400


def stamps_of(texts):
    """Times as numbers: years where they are years, else seconds since 1970."""
    if texts.str.fullmatch(r"[0-9]{1,4}").all():
        return texts.astype(float).to_numpy(), "year"
    dates = pd.to_datetime(texts, format="ISO8601")
    return ((dates - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(), "second"


def has_weekdays(past, day):
    """Whether changes from day to day go along most with those of a week before, in the mean."""
    found = []
    for y in past[:: max(1, len(past) // 60)]:
        changes = y[day:] - y[:-day]
        changes = (changes - changes.mean()) / max(changes.std(), 1e-12)
        if len(changes) > 15 * day:
            alike = [(changes[days * day :] * changes[: -days * day]).mean() for days in (6, 7, 8)]
            found.append(alike[1] - max(alike[0], alike[2]))
    return bool(found) and np.mean(found) > 0.1


def fill_long_gaps(y, observed, least, cycle):
    """Fill gaps of at least so many steps by the shape of the cycle before them, in place.

    The level is drawn as a line from the mean of the cycle before to that of the cycle after;
    shorter gaps keep their straight lines.
    """
    known = np.flatnonzero(observed)
    for first, last in zip(known[:-1] + 1, known[1:]):
        if last - first < least or first < cycle:
            continue
        before = y[first - cycle : first]
        after = y[last : last + cycle][observed[last : last + cycle]]
        steps = np.arange(last - first)
        level = before.mean() + (after.mean() - before.mean()) * (steps + 1) / (len(steps) + 1)
        y[first:last] = level + (before - before.mean())[steps % cycle]
    np.clip(y, y[known].min(), y[known].max(), out=y)


class History:
    """Past of every series, evenly spaced, and what is asked of its future.

    `past` holds an array a series, from its first moment to its last, gaps filled; `seen` tells
    which of these values were observed; `which` and `ahead` tell series and number of steps ahead
    of every test row. `seasons` are the cycles of the calendar in steps, as far as the past shows
    two of them, and one of its own where it shows one.
    """

    def __init__(self):
        train = pd.read_csv("input/train.csv", dtype=str, keep_default_na=False)
        test = pd.read_csv("input/test.csv", dtype=str, keep_default_na=False)
        self.train, self.test, self.ids = train, test, test[ID].tolist()
        both = pd.concat([train, test], ignore_index=True)
        stamps, unit = stamps_of(both[TIME])
        names = both[SERIES] if SERIES else pd.Series(["all"] * len(both))
        codes, self.names = pd.factorize(names)
        places = self._places(stamps, unit, codes)
        answers = train[TARGET].astype(float).to_numpy()
        self.answers = answers
        seen = len(train)
        self.past, self.seen, self.starts = [], [], []
        for code in range(len(self.names)):
            mine = np.flatnonzero(codes[:seen] == code)
            mine = mine[np.argsort(places[mine], kind="stable")]
            known, values = places[mine], answers[mine]
            self.starts.append(int(known[0]))
            self.past.append(np.interp(np.arange(known[0], known[-1] + 1), known, values))
            self.seen.append(np.isin(np.arange(known[0], known[-1] + 1), known))
        ends = np.array([start + len(y) - 1 for start, y in zip(self.starts, self.past)])
        self.which = codes[seen:]
        self.ahead = np.maximum(1, places[seen:] - ends[self.which])
        self.horizon = int(self.ahead.max())
        longest = max(map(len, self.past))
        known = self._cycles()
        for weeks in [cycle for cycle in known if cycle % 364 == 0]:
            if not has_weekdays(self.past, weeks // 364):  # Nothing to keep by 52 whole weeks.
                known.remove(weeks)
        shown = cycle_of(self.past, known)
        known += [shown] if shown else []
        self.seasons = [season for season in known if 2 * season <= longest - 1]
        week = 7 * DAY / self.step if self.unit == "second" else longest
        rounds = [season for season in self.seasons if season <= week]
        for y, observed in zip(self.past, self.seen):
            if rounds:
                fill_long_gaps(y, observed, min(rounds), max(rounds))
        self.codes, self.places = codes, places

    def _places(self, stamps, unit, codes):
        """Moments counted in steps of the usual gap; months and years by the calendar."""
        order = np.lexsort((stamps, codes))
        gaps = np.diff(stamps[order])[np.diff(codes[order]) == 0]
        gaps = gaps[gaps > 0]
        if unit == "year":
            self.unit, self.step = "year", 1
            self.calendar = stamps
            return (stamps - stamps.min()).astype(int)
        days = np.median(gaps) / DAY
        dates = pd.to_datetime(pd.Series(stamps), unit="s").dt
        self.calendar = dates
        for months, (low, high) in {1: (27, 32), 3: (88, 94), 6: (179, 186), 12: (363, 368)}.items():
            if low <= days <= high:
                self.unit, self.step = "month", months
                counted = (dates.year * 12 + dates.month - 1).to_numpy() // months
                return counted - counted.min()
        values, counts = np.unique(np.rint(gaps), return_counts=True)
        self.unit, self.step = "second", float(values[np.argmax(counts)])
        return np.rint((stamps - stamps.min()) / self.step).astype(int)

    def _cycles(self):
        """Steps of a day, a week and a year, shortest first.

        A year is both 52 weeks, whose weekdays agree, and 365 days; the first is left out where
        the past knows no weekdays.
        """
        if self.unit == "year":
            return []
        if self.unit == "month":
            return [12 // self.step] if self.step < 12 else []
        cycles = [DAY / self.step, 7 * DAY / self.step]
        if self.step >= 3600:
            years = [days * DAY / self.step for days in (364, 365)]
            whole = [year for year in years if year == round(year)]
            cycles += whole or [365.25 * DAY / self.step]
        return [round(cycle) for cycle in cycles if cycle > 3]

    def forecasts(self, forecast):
        """One number for every test row, from `forecast(past, steps)` of each series."""
        made = [forecast(y, self.horizon) for y in self.past]
        return np.array([made[code][step - 1] for code, step in zip(self.which, self.ahead)])


def bounded(prediction, answers):
    """Predictions within what the answers allow: none below 0 where there is none, none absurd."""
    spread = answers.max() - answers.min()
    low = 0.0 if answers.min() >= 0 else answers.min() - spread
    return np.clip(np.nan_to_num(prediction, nan=answers.mean()), low, answers.max() + spread)
