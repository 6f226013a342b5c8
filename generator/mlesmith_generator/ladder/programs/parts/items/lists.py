import csv

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.
MOST = 30


class Shelves:
    """Who met which items: a user a row, an item a column, and the users that are asked."""

    def __init__(self):
        known = pd.read_csv("input/interactions.csv", dtype=str, keep_default_na=False)
        train = pd.read_csv("input/train.csv", dtype=str, keep_default_na=False)
        test = pd.read_csv("input/test.csv", dtype=str, keep_default_na=False)
        held = [(user, item) for user, cell in zip(train[USER], train[TARGET]) for item in cell.split()]
        pairs = [*zip(known[USER], known[ITEM]), *held]
        users, self.user_names = pd.factorize(np.array([user for user, _ in pairs], object))
        items, self.item_names = pd.factorize(np.array([item for _, item in pairs], object))
        self.users, self.items = users, items
        shape = len(self.user_names), len(self.item_names)
        self.met = sparse.coo_matrix((np.ones(len(pairs)), (users, items)), shape).tocsr()
        self.met.data[:] = 1.0
        self.counts = np.asarray(self.met.sum(axis=0)).ravel()
        self.ids = test[ID].tolist()
        self.asked = self.rows_of(test[USER])

    def rows_of(self, names):
        """Row of each named user; -1 where nothing is known of one."""
        place = {name: row for row, name in enumerate(self.user_names)}
        return np.array([place.get(name, -1) for name in names])

    def own(self):
        """What the asked users met, dense."""
        return np.asarray(self.met[np.maximum(self.asked, 0)].todense()) * (self.asked >= 0)[:, None]

    def write(self, scores, seen_again=False):
        """Write the items with the highest scores, those that a user met before left out."""
        scores = scores + 1e-9 * self.counts / max(self.counts.max(), 1)
        if not seen_again:
            scores = np.where(self.own() > 0, -np.inf, scores)
        top = np.argsort(-scores, axis=1, kind="stable")[:, :MOST]
        with open("submission.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([ID, *COLUMNS])
            for name, row in zip(self.ids, top):
                writer.writerow([name, " ".join(self.item_names[row])])

    def popular(self):
        return np.tile(self.counts, (len(self.ids), 1))

    def co_occurring(self):
        """How often the items of a user stand together with each other item, by their cosine."""
        scale = sparse.diags(1 / np.sqrt(np.maximum(self.counts, 1)))
        alike = (scale @ (self.met.T @ self.met) @ scale).toarray()
        np.fill_diagonal(alike, 0.0)
        return self.own() @ alike

    def of_neighbours(self, most=60):
        """What the users most alike met."""
        norm = np.sqrt(np.maximum(np.asarray(self.met.sum(axis=1)).ravel(), 1))
        alike = (self.own() @ self.met.T) / norm
        alike[np.arange(len(self.ids)), np.maximum(self.asked, 0)] = 0.0
        cut = -np.sort(-alike, axis=1)[:, min(most, alike.shape[1] - 1)][:, None]
        return np.where(alike >= np.maximum(cut, 1e-9), alike, 0.0) @ self.met

    def directions(self, rank=24):
        """What the main directions of the table say of every pair."""
        from sklearn.utils.extmath import randomized_svd

        scale = sparse.diags(1 / np.sqrt(np.maximum(self.counts, 1)))
        rank = min(rank, min(self.met.shape) - 1)
        _, _, right = randomized_svd(self.met @ scale, rank, random_state=SEED, n_iter=4)
        return (self.own() @ scale @ right.T) @ right * np.sqrt(np.maximum(self.counts, 1)) ** 0.5

    def regressed(self, weight=60.0):
        """Each item regressed on all others at once (EASE)."""
        square = (self.met.T @ self.met).toarray() + weight * np.eye(self.met.shape[1])
        inverse = np.linalg.inv(square)
        weights = inverse / -np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        return self.own() @ weights


def ranks(scores):
    """Places of the items for each user, from 1 for the highest score down to 0."""
    order = np.argsort(np.argsort(scores, axis=1, kind="stable"), axis=1, kind="stable")
    return order / max(scores.shape[1] - 1, 1)
