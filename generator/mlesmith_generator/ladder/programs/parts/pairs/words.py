from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import SGDClassifier


def words_apart(pairs):
    """Words that both texts have, and those that the first or the second has alone, as columns."""
    model = CountVectorizer(
        binary=True, min_df=3, max_features=30_000, token_pattern=r"(?u)\b\w+\b", dtype=np.float32
    )
    model.fit(pairs.sides[0] + pairs.sides[1])
    one, other = (model.transform(side).tocsr() for side in pairs.sides)
    both = one.multiply(other)
    blocks = sparse.hstack([both, one - both, other - both], format="csr")
    size = np.sqrt(np.maximum(1.0, np.asarray(blocks.sum(axis=1)).ravel()))
    return sparse.csr_matrix(sparse.diags(1 / size) @ blocks)


def worded():
    """A linear model for many sparse columns, with probabilities."""
    return SGDClassifier("log_loss", alpha=1e-4, max_iter=30, tol=None, random_state=SEED)
