import numpy as np
from sklearn.decomposition import PCA


class Columns(Table):
    """The columns beside the files: all but the paths."""

    def _sort(self, name, column):
        if name != MEDIA:
            super()._sort(name, column)


def dense(matrix):
    """A matrix with every cell written out."""
    return np.asarray(matrix.todense()) if hasattr(matrix, "todense") else matrix


def directions(files, most=30):
    """The main directions in which described files differ, and what one perceives at once."""
    described = standardised(describe(files))
    kept = PCA(min(most, len(described) - 1, described.shape[1]), random_state=SEED)
    return np.hstack([kept.fit_transform(described), glance(files)])
