import re

import numpy as np
import pandas as pd

MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
DATES = ["ISO8601", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%m/%d/%y", "%d-%b-%y",
         "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%Y%m%d"]


class Table:
    """Training and test rows together, sorted by what can be done with a column.

    `numbers` is a matrix with NaN for missing, `categories` and `texts` are lists of columns of
    strings with "" for missing; `number_sources` and `category_sources` say which columns of the
    files they come from. Training rows stand first; `answers` belongs to them.
    """

    def __init__(self, most_rows=20_000, most_cells=8_000_000, folder="input"):
        header = list(pd.read_csv(f"{folder}/train.csv", nrows=0).columns)
        kept_as_text = {name: str for name in (ID, *TRUTH) if name in header}
        reading = {
            "keep_default_na": False,
            "na_values": {name: MISSING for name in header if name not in kept_as_text},
            "low_memory": False,
        }
        rows = max(500, min(most_rows, most_cells // len(header)))
        train = pd.read_csv(f"{folder}/train.csv", nrows=rows, dtype=kept_as_text, **reading)
        test = pd.read_csv(f"{folder}/test.csv", dtype={ID: str}, **reading)
        answers, known = as_answers(*(train[name].tolist() for name in TRUTH))
        self.ids, self.answers = test[ID].tolist(), answers[known]
        self.size = int(known.sum())
        self.categories, self.category_sources, self.texts = [], [], []
        asked = (ID, *TRUTH)
        features = [name for name in header if name in test.columns and name not in asked]
        train, test = train.loc[known, features], test[features]
        plain = [
            name
            for name, here, there in zip(features, train.dtypes, test.dtypes)
            if here.kind in "biuf" and there.kind in "biuf"
        ]
        self.numbers = [np.vstack([train[plain].to_numpy(float), test[plain].to_numpy(float)])]
        self.number_sources = plain.copy()
        for name in sorted(set(features) - set(plain), key=features.index):
            self._sort(name, pd.concat([train[name], test[name]], ignore_index=True))
        self._gather_numbers()

    def _gather_numbers(self):
        """Make one matrix of the numbers, without the columns that say nothing."""
        numbers = np.hstack(self.numbers)
        numbers[~np.isfinite(numbers)] = np.nan
        numbers = np.clip(numbers, -1e30, 1e30)  # Trees keep numbers in 32 bits.
        holes = np.isnan(numbers)
        low = np.where(holes, np.inf, numbers).min(axis=0)
        high = np.where(holes, -np.inf, numbers).max(axis=0)
        useful = (low < high) | (holes.any(axis=0) & ~holes.all(axis=0))
        self.numbers = numbers[:, useful]
        self.number_sources = [name for name, good in zip(self.number_sources, useful) if good]

    def _sort(self, name, column):
        """Find out what can be done with a column that does not hold plain numbers."""
        present = column.notna()
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
        if not present.any() or np.isfinite(numbers).sum() >= 0.9 * present.sum():
            self._add_number(name, numbers)
            return
        words = column.astype("str").str.strip().where(present, "")
        if self._add_date(name, words):
            return
        distinct = words.nunique()
        spread = distinct / max(int(present.sum()), 1)
        if distinct > 20:
            self._add_number(name, words.str.len().to_numpy(float))
            inside = words.str.replace(",", "").str.extract(r"(-?\d+(?:\.\d+)?)", expand=False)
            inside = pd.to_numeric(inside, errors="coerce").to_numpy(float, na_value=np.nan)
            if np.isfinite(inside).mean() > 0.3:
                self._add_number(name, inside)
        words_each = words[:2000].str.count(" ").mean() + 1
        if distinct > 100 and (spread > 0.3 or (words_each > 4 and spread > 0.1)):
            self.texts.append(words.str.slice(0, 1000).tolist())
        elif distinct > 1 and self._known(words):
            self.categories.append(words.to_numpy(object))
            self.category_sources.append(name)

    def _known(self, words):
        """Whether the test rows mostly hold values that the training rows have shown."""
        return words[self.size :].isin(set(words[: self.size])).mean() > 0.5

    def _add_number(self, source, values):
        self.numbers.append(values[:, None])
        self.number_sources.append(source)

    def _add_date(self, name, words):
        shown = words[words != ""].iloc[:200]
        if not shown.str.contains(r"\d").mean() > 0.95 or shown.str.len().max() > 40:
            return False
        for style in DATES:
            if pd.to_datetime(shown, format=style, errors="coerce", utc=True).notna().mean() > 0.95:
                dates = pd.to_datetime(words, format=style, errors="coerce", utc=True)
                parts = dates.dt
                day = (dates - pd.Timestamp("2000-01-01", tz="UTC")) / pd.Timedelta(days=1)
                for part in (day, parts.year, parts.month, parts.day_of_week, parts.day, parts.hour):
                    self._add_number(name, part.to_numpy(float, na_value=np.nan))
                return True
        return False

    def split(self, matrix):
        """The training rows and the test rows of a matrix over all rows."""
        return matrix[: self.size], matrix[self.size :]


def as_codes(words):
    """Codes of strings, the most frequent first; those that occur only once share the last."""
    codes, values = pd.factorize(words)
    counts = np.bincount(codes)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    return np.minimum(rank[codes], (counts > 1).sum())


def as_targets(answers):
    """The answers as a matrix of numbers: a column a number, or one 0/1 column per class.

    Of several numbers a row, those that are not known are taken for the average.
    """
    if answers.ndim == 2:
        return np.where(np.isnan(answers), np.nanmean(answers, axis=0), answers)
    if answers.dtype.kind == "f":
        return answers[:, None]
    return np.eye(len(CLASSES))[answers]


def strongest(matrix, answers, most):
    """Places of the columns that go most along with the answers, at most so many."""
    if matrix.shape[1] <= most:
        return np.arange(matrix.shape[1])
    rows = np.nan_to_num(matrix[:2000] - np.nanmean(matrix[:2000], axis=0), nan=0.0)
    rows = rows / np.maximum(rows.std(axis=0), 1e-12)
    targets = as_targets(answers[:2000])
    targets = (targets - targets.mean(axis=0)) / np.maximum(targets.std(axis=0), 1e-12)
    strength = np.abs(rows.T @ targets).max(axis=1)
    return np.sort(np.argsort(-strength, kind="stable")[:most])


def one_hot(words, most_levels):
    """0/1 columns for the most frequent values, as a float matrix."""
    codes = as_codes(words)
    levels = np.arange(min(codes.max() + 1, most_levels))
    return (codes[:, None] == levels).astype(float)


def standard_matrix(table, most_levels=30, most_columns=None):
    """Numbers centred and scaled with their holes marked, categories as 0/1 columns."""
    numbers = table.numbers
    if most_columns is not None:
        numbers = numbers[:, strongest(table.split(numbers)[0], table.answers, most_columns)]
    blocks = [np.zeros((len(numbers), 0))]
    if numbers.shape[1]:
        holes = np.isnan(numbers)
        middle = np.nan_to_num(np.nanmedian(np.where(holes.all(axis=0), 0.0, numbers), axis=0))
        filled = np.where(holes, middle, numbers)
        skewed = (filled.min(axis=0) >= 0) & (filled.std(axis=0) > 2 * np.abs(filled.mean(axis=0)))
        filled[:, skewed] = np.log1p(filled[:, skewed])
        filled = (filled - filled.mean(axis=0)) / np.maximum(filled.std(axis=0), 1e-12)
        share = holes.mean(axis=0)
        blocks += [np.clip(filled, -6, 6), holes[:, (share > 0.01) & (share < 0.99)].astype(float)]
    blocks += [one_hot(words, most_levels) for words in table.categories]
    matrix = np.hstack(blocks)
    return matrix if matrix.shape[1] else np.zeros((len(matrix), 1))
