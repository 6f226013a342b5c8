import csv

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.


def text(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


class Graph:
    """The known links as a symmetric matrix, and the pairs of training and test as its places."""

    def __init__(self):
        self.train, self.test = text("input/train.csv"), text("input/test.csv")
        edges = text("input/edges.csv")
        pairs = pd.concat([frame[ENDS] for frame in (edges, self.train, self.test)])
        codes, names = pd.factorize(pairs.to_numpy().ravel())
        codes = codes.reshape(-1, 2)
        size, known = len(names), codes[: len(edges)]
        links = sparse.coo_matrix((np.ones(len(known)), known.T), shape=(size, size)).tocsr()
        links = links + links.T
        links.setdiag(0)
        links.data[:] = 1.0
        links.eliminate_zeros()
        self.links, self.known = links, known
        self.pairs = codes[len(edges) :]
        self.size = len(self.train)
        self.answers = (self.train[TARGET] == "1").to_numpy(int)

    def common(self, weights):
        """Weighted number of common neighbours of each pair."""
        scaled = self.links @ sparse.diags(weights)
        left, right = self.pairs.T
        parts = [
            scaled[left[at : at + 5000]].multiply(self.links[right[at : at + 5000]]).sum(axis=1)
            for at in range(0, len(left), 5000)
        ]
        return np.concatenate([np.asarray(part).ravel() for part in parts])

    def degrees(self):
        return np.asarray(self.links.sum(axis=1)).ravel()

    def directions(self, rank):
        """Product of the main directions of the graph at both ends."""
        rank = min(rank, self.links.shape[0] - 2)
        start = np.random.default_rng(SEED).normal(size=self.links.shape[0])
        scale = sparse.diags(1 / np.sqrt(np.maximum(self.degrees(), 1)))
        left, values, right = svds(scale @ self.links @ scale, k=rank, v0=start)
        a, b = self.pairs.T
        return ((left[a] * values) * right.T[b] + (left[b] * values) * right.T[a]).sum(axis=1)

    def features(self):
        """What heuristics say of each pair, a column each."""
        degree = self.degrees()
        a, b = degree[self.pairs[:, 0]], degree[self.pairs[:, 1]]
        count = self.common(np.ones(len(degree)))
        columns = [
            count,
            count / np.maximum(a + b - count, 1),
            self.common(1 / np.log(np.maximum(degree, 2))),
            self.common(1 / np.maximum(degree, 1)),
            np.log1p(a) + np.log1p(b),
            np.log1p(np.minimum(a, b)),
            np.log1p(np.maximum(a, b)),
            self.directions(8),
            self.directions(32),
        ]
        paths = self.links @ self.links
        left, right = self.pairs.T
        three = [
            np.asarray(paths[left[at : at + 2000]].multiply(self.links[right[at : at + 2000]]).sum(axis=1))
            for at in range(0, len(left), 2000)
        ]
        columns.append(np.log1p(np.concatenate(three).ravel()))
        return np.column_stack(columns)

    def split(self, values):
        return values[: self.size], values[self.size :]


def write_submission(graph, probability):
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows(zip(graph.test[ID], (f"{value:.8g}" for value in probability)))


def calibrated(graph, scores):
    """Probabilities from one score, by a logistic regression on the training pairs."""
    scores = scores.reshape(len(scores), -1)
    scores = (scores - scores.mean(axis=0)) / np.maximum(scores.std(axis=0), 1e-12)
    seen, asked = graph.split(scores)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1.0).fit(seen, graph.answers).predict_proba(asked)[:, 1]
