import pandas as pd
from scipy.sparse.linalg import svds


class Pairs:
    """Links as pairs of nodes, training links first; `values` are their weights in training.

    `forward` and `back` lead to the scale on which weights are averaged and back.
    """

    def __init__(self):
        train = pd.read_csv("input/train.csv", dtype=str, keep_default_na=False)
        test = pd.read_csv("input/test.csv", dtype=str, keep_default_na=False)
        self.answers, known = as_answers(train[TARGET].tolist())
        train, self.answers = train[known], self.answers[known]
        self.ids, self.size = test[ID].tolist(), len(train)
        ends = pd.concat([train[[NODE, NEIGHBOUR]], test[[NODE, NEIGHBOUR]]]).to_numpy()
        self.pairs = pd.factorize(ends.ravel())[0].reshape(-1, 2)
        self.count = int(self.pairs.max()) + 1
        logs = self.answers.min() >= 0 and METRIC not in ("rmse", "r2", "mse")
        self.forward, self.back = LOGARITHM if logs or METRIC == "rmsle" else scale_of(self.answers)
        self.values = self.forward(self.answers)
        self.links = self.symmetric(np.ones(len(self.pairs)), self.pairs)
        self.links.data[:] = 1.0
        self.degree = np.asarray(self.links.sum(axis=1)).ravel()

    def symmetric(self, values, pairs):
        one, two = pairs.T
        places = (np.r_[one, two], np.r_[two, one])
        return sparse.csr_matrix((np.r_[values, values], places), shape=(self.count, self.count))

    def end_means(self, shown):
        """Mean weight of the links of every node among the shown training links, drawn to the mean."""
        pairs, values = self.pairs[: self.size][shown], self.values[shown]
        middle = values.mean()
        total, votes = np.zeros(self.count), np.zeros(self.count)
        for end in pairs.T:
            total += np.bincount(end, values - middle, self.count)
            votes += np.bincount(end, minlength=self.count)
        return middle, total / (votes + 2.0), votes

    def factorised(self, shown, rank=8):
        """Sum of the leanings of both ends, and of what main directions of the rest add."""
        middle, mean, _ = self.end_means(shown)
        pairs = self.pairs[: self.size][shown]
        one, two = self.pairs.T
        lean = middle + mean[one] + mean[two]
        rest = self.symmetric(self.values[shown] - lean[: self.size][shown], pairs)
        start = np.random.default_rng(SEED).normal(size=self.count)
        left, sizes, right = svds(rest, k=min(rank, self.count - 2), v0=start)
        sizes = np.maximum(sizes - 0.5 * sizes.min(), 0.0)
        return lean, lean + (left[one] * sizes * right.T[two]).sum(axis=1)

    def told(self, shown):
        """What shown training links say of every pair, a row each."""
        middle, mean, votes = self.end_means(shown)
        one, two = self.pairs.T
        lean, factors = self.factorised(shown)
        weights = self.symmetric(self.values[shown], self.pairs[: self.size][shown])
        by_way = np.asarray(weights[one].multiply(self.links[two]).sum(axis=1)).ravel()
        by_way += np.asarray(weights[two].multiply(self.links[one]).sum(axis=1)).ravel()
        high, low = np.maximum(mean[one], mean[two]), np.minimum(mean[one], mean[two])
        return np.column_stack(
            [high, low, mean[one], mean[two], lean, factors, by_way, np.log1p(votes[one]), np.log1p(votes[two])]
        )

    def matrix(self, folds=5):
        """Everything known of every pair; the weight of a training link never tells of itself."""
        every = np.ones(self.size, bool)
        told = self.told(every)
        fold = np.random.default_rng(SEED).permutation(self.size) % folds
        for number in range(folds):
            mine = fold == number
            told[: self.size][mine] = self.told(~mine)[: self.size][mine]
        one, two = self.pairs.T
        shared = np.asarray(self.links[one].multiply(self.links[two]).sum(axis=1)).ravel()
        a, b = self.degree[one], self.degree[two]
        built = [np.maximum(a, b), np.minimum(a, b), shared, shared / np.maximum(a + b - shared, 1)]
        return np.hstack([told, np.log1p(np.column_stack(built)), self.own()])

    def own(self):
        """Further numbers of the table, holes in the middle."""
        table = Table(most_rows=300_000)
        kept = [place for place, name in enumerate(table.number_sources) if name not in (NODE, NEIGHBOUR)]
        numbers = table.numbers[:, kept][:, :30]
        middle = np.nan_to_num(np.nanmedian(numbers, axis=0)) if numbers.shape[1] else 0.0
        return np.where(np.isnan(numbers), middle, numbers)

    def split(self, matrix):
        return matrix[: self.size], matrix[self.size :]

    def restored(self, fitted):
        """Fitted values of all pairs on the scale of weights, test rows; where means count, so that
        those of training agree."""
        values = self.back(fitted)
        if METRIC in ("poisson_deviance", "gamma_deviance"):
            values = values * self.answers.mean() / max(values[: self.size].mean(), 1e-12)
        return values[self.size :]

    def write(self, prediction):
        write_submission(self.ids, finish(prediction, self.answers))
