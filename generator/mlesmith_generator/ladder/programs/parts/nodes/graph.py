import pandas as pd
from scipy.sparse.linalg import svds


class Graph:
    """The links between nodes; training nodes come first, then those of the test, then others.

    `links` is a symmetric matrix of 0 and 1; `out` and `into` count the links by direction.
    """

    def __init__(self, table):
        train = pd.read_csv("input/train.csv", dtype=str, keep_default_na=False)
        test = pd.read_csv("input/test.csv", dtype=str, keep_default_na=False)
        edges = pd.read_csv("input/edges.csv", dtype=str, keep_default_na=False)
        _, known = as_answers(*(train[name].tolist() for name in TRUTH))
        rows = [*train[NODE][known], *test[NODE]]
        ends = edges[[NODE, NEIGHBOUR]].to_numpy().ravel().tolist()
        codes = pd.factorize(np.array([*rows, *ends], dtype=object))[0]
        self.rows, self.size = codes[: len(rows)], table.size
        one, two = codes[len(rows) :].reshape(-1, 2).T
        count = int(codes.max()) + 1
        self.out = np.bincount(one, minlength=count).astype(float)
        self.into = np.bincount(two, minlength=count).astype(float)
        apart = one != two
        one, two = one[apart], two[apart]
        places = (np.r_[one, two], np.r_[two, one])
        self.links = sparse.csr_matrix((np.ones(2 * len(one)), places), shape=(count, count))
        self.links.data[:] = 1.0
        self.degree = np.asarray(self.links.sum(axis=1)).ravel()

    def average(self, values):
        """Mean of a matrix of numbers over the neighbours of each node, 0 without any."""
        return (self.links @ values) / np.maximum(self.degree, 1)[:, None]

    def degrees(self):
        """How many links a node has, and its neighbours, for every row of the table."""
        degree = np.log1p(np.column_stack([self.degree, self.out, self.into]))
        return np.hstack([degree, self.average(degree)])[self.rows]

    def directions(self, rank=16):
        """Place of each row's node along the main directions of the graph."""
        rank = min(rank, self.links.shape[0] - 2)
        scale = sparse.diags(1 / np.sqrt(np.maximum(self.degree, 1)))
        start = np.random.default_rng(SEED).normal(size=self.links.shape[0])
        left, values, _ = svds(scale @ self.links @ scale, k=rank, v0=start)
        order = np.argsort(-values, kind="stable")
        places = left[:, order] * values[order] * np.sqrt(self.links.shape[0])
        return places[self.rows]

    def around(self, matrix):
        """Means of the table's own columns over the neighbours of each row's node."""
        filled = np.nan_to_num(matrix - np.nan_to_num(np.nanmean(matrix, axis=0)))
        values = np.zeros((self.links.shape[0], matrix.shape[1]))
        values[self.rows] = filled
        return self.average(values)[self.rows]

    def heard(self, targets, shown):
        """What neighbours with known answers say, a row each, when `shown` training rows are known.

        For each column of the targets: the mean over neighbours, drawn to the overall mean, and
        what remains of answers that walk on from node to node.
        """
        count, width = self.links.shape[0], targets.shape[1]
        nodes = self.rows[: self.size][shown]
        middle = targets[shown].mean(axis=0)
        told, known = np.zeros((count, width)), np.zeros((count, 1))
        told[nodes], known[nodes] = targets[shown] - middle, 1.0
        votes = self.links @ known
        mean = (self.links @ told) / (votes + 1.0)
        flow, weight = told.copy(), known.copy()
        scale = sparse.diags(1 / np.maximum(self.degree, 1))
        for _ in range(8):
            flow = 0.85 * (scale @ (self.links @ flow)) + told
            weight = 0.85 * (scale @ (self.links @ weight)) + known
        walked = flow / (weight + 0.05)
        parts = [mean + middle, walked + middle, np.log1p(votes)]
        return np.hstack(parts)[self.rows]

    def honest(self, targets, folds=5):
        """`heard` for all rows, where a training row's own answer never comes back to it."""
        every = np.ones(self.size, bool)
        result = self.heard(targets, every)
        fold = np.random.default_rng(SEED).permutation(self.size) % folds
        for number in range(folds):
            result[: self.size][fold == number] = self.heard(targets, fold != number)[: self.size][
                fold == number
            ]
        return result


def goals(answers):
    """Answers as a matrix to take means of, on the scale on which numbers are fitted."""
    return scale_of(answers)[0](answers)[:, None] if KIND == "number" else as_targets(answers)


def from_means(means, answers):
    """Means of `goals` as what is asked."""
    if KIND == "number":
        return finish(scale_of(answers)[1](means[:, 0]), answers)
    shares = np.clip(means, 1e-4, None)
    return finish(shares / shares.sum(axis=1, keepdims=True), answers)


def everything(table, graph):
    """All that is known of a node: its own columns, its links, its neighbours' columns and answers."""
    own, categorical = tree_matrix(table)
    numbers = own[:, ~categorical][:, :40]
    blocks = [own, graph.degrees(), graph.directions(), graph.honest(goals(table.answers))]
    if numbers.shape[1]:
        blocks.append(graph.around(numbers))
    more = sum(block.shape[1] for block in blocks[1:])
    return np.hstack(blocks), np.r_[categorical, np.zeros(more, bool)]
