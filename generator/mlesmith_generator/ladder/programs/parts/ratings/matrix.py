import copy
import csv

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.


class Ratings:
    """Who rated what and how: users and items as codes, training rows first."""

    def __init__(self):
        kept = {ID: str, USER: str, ITEM: str}
        train = pd.read_csv("input/train.csv", dtype=kept, keep_default_na=False, na_values={TARGET: [""]})
        test = pd.read_csv("input/test.csv", dtype=kept, keep_default_na=False)
        self.ids, self.answers = test[ID].tolist(), train[TARGET].to_numpy(float)
        self.size = len(train)
        both = pd.concat([train[[USER, ITEM]], test[[USER, ITEM]]])
        self.users, names = pd.factorize(both[USER])
        self.items, others = pd.factorize(both[ITEM])
        self.shape = len(names), len(others)
        self.mean = self.answers.mean()

    def parted(self):
        """These ratings as if a fifth of them were asked for, and what was rated there."""
        order = np.random.default_rng(SEED).permutation(self.size)
        part, cut = copy.copy(self), self.size - self.size // 5
        part.users, part.items = self.users[order], self.items[order]
        part.answers, part.size = self.answers[order[:cut]], cut
        part.mean = part.answers.mean()
        return part, self.answers[order[cut:]]

    def seen(self, codes):
        return codes[: self.size]

    def asked(self, codes):
        return codes[self.size :]


def averages(codes, values, count, weight):
    """Average of the values of each code, pulled to zero where there are few."""
    return np.bincount(codes, values, count) / (np.bincount(codes, minlength=count) + weight)


def biases(ratings, rounds=10, weight=None):
    """How much above average each user rates and each item is rated, fitted in turns.

    The weight pulls both to the average; if not set, it is what does best on a fifth left out.
    """
    if weight is None:
        part, left_out = ratings.parted()
        errors = {}
        for tried in (0.3, 1.0, 4.0, 10.0):
            told = part.asked(told_by(part, *biases(part, rounds, tried)))
            errors[tried] = np.mean((told - left_out) ** 2)
        weight = min(errors, key=errors.get)
    users, items = ratings.seen(ratings.users), ratings.seen(ratings.items)
    rest = ratings.answers - ratings.mean
    of_user, of_item = np.zeros(ratings.shape[0]), np.zeros(ratings.shape[1])
    for _ in range(rounds):
        of_item = averages(items, rest - of_user[users], ratings.shape[1], weight)
        of_user = averages(users, rest - of_item[items], ratings.shape[0], weight)
    return of_user, of_item


def told_by(ratings, of_user, of_item):
    """What mean and biases say of every row."""
    return ratings.mean + of_user[ratings.users] + of_item[ratings.items]


def factors(ratings, rank=8, rounds=10, weight=6.0):
    """Matrix factorisation of what biases leave, by alternating least squares: every row."""
    base = told_by(ratings, *biases(ratings))
    users, items = ratings.seen(ratings.users), ratings.seen(ratings.items)
    rest = ratings.answers - base[: ratings.size]
    draws = np.random.default_rng(SEED)
    left = draws.normal(0, 0.1, (ratings.shape[0], rank))
    right = draws.normal(0, 0.1, (ratings.shape[1], rank))
    for _ in range(rounds):
        left = _solved(users, items, rest, right, ratings.shape[0], weight)
        right = _solved(items, users, rest, left, ratings.shape[1], weight)
    return base + (left[ratings.users] * right[ratings.items]).sum(axis=1)


def _solved(mine, theirs, rest, other, count, weight):
    """Least squares for all rows of one side at once."""
    rank = other.shape[1]
    square, product = np.zeros((count, rank, rank)), np.zeros((count, rank))
    known = other[theirs]
    for a in range(rank):
        product[:, a] = np.bincount(mine, known[:, a] * rest, count)
        for b in range(a, rank):
            square[:, a, b] = square[:, b, a] = np.bincount(mine, known[:, a] * known[:, b], count)
    square += weight * np.eye(rank)
    return np.linalg.solve(square, product[:, :, None])[:, :, 0]


def neighbours(ratings, most=40):
    """What the items most alike, by the users who rated both, say of what biases leave."""
    base = told_by(ratings, *biases(ratings))
    from scipy import sparse

    users, items = ratings.seen(ratings.users), ratings.seen(ratings.items)
    rest = ratings.answers - base[: ratings.size]
    table = sparse.coo_matrix((rest, (users, items)), ratings.shape).tocsr()
    there = sparse.coo_matrix((np.ones(len(rest)), (users, items)), ratings.shape).tocsr()
    squares = table.multiply(table)
    alike = (table.T @ table).toarray()
    norm = np.sqrt((squares.T @ there).toarray())
    alike = alike / (norm * norm.T + 1e-9)
    alike *= (there.T @ there).toarray() / ((there.T @ there).toarray() + 10)
    np.fill_diagonal(alike, 0.0)
    cut = np.sort(alike, axis=1)[:, -min(most, alike.shape[0])][:, None]
    alike = np.where((alike >= cut) & (alike > 0), alike, 0.0)
    said = base.copy()
    for start in range(0, len(said), 20_000):
        rows = slice(start, start + 20_000)
        weights = sparse.csr_matrix(alike)[ratings.items[rows]]
        top = np.asarray(weights.multiply(table[ratings.users[rows]]).sum(axis=1)).ravel()
        low = np.asarray(weights.multiply(there[ratings.users[rows]]).sum(axis=1)).ravel()
        said[rows] += top / (low + 1.0)
    return said


def write_submission(ratings, told):
    told = np.clip(told, ratings.answers.min(), ratings.answers.max())
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows(zip(ratings.ids, (f"{value:.8g}" for value in told)))
