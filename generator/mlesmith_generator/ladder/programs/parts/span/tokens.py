from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier


def inside_odds(known, asked):
    """Log-odds that a token is inside the piece: an array for each asked text, a linear model."""
    hasher = FeatureHasher(2**18, input_type="string", alternate_sign=False)
    rows = hasher.transform(own for text, _, _ in known for own in signs_of(text.words))
    truth = np.concatenate([
        (np.arange(len(text.words)) >= first) & (np.arange(len(text.words)) <= last)
        for text, _, (first, last) in known
    ])
    model = SGDClassifier("log_loss", alpha=2e-6, max_iter=6, tol=None, random_state=SEED)
    model.fit(rows, truth)
    odds = model.decision_function(
        hasher.transform(own for text in asked for own in signs_of(text.words))
    )
    return np.split(odds, np.cumsum([len(text.words) for text in asked])[:-1])


def sums(odds, shift=0.0):
    """Sums of odds over all pieces: an array (tokens, lengths), of which those too long are -inf."""
    size = len(odds)
    most = min(size, LONGEST)
    total = np.concatenate([[0.0], np.cumsum(odds + shift)])
    table = np.full((size, most), -np.inf)
    for length in range(most):
        table[: size - length, length] = total[length + 1 :] - total[: size - length]
    return table


def overlap(truth, told):
    """F1 of the words of two texts."""
    one, other = Counter(truth.lower().split()), Counter(told.lower().split())
    both = sum((one & other).values())
    return 2 * both / max(1, sum(one.values()) + sum(other.values()))
