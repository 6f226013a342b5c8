from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier


def hashed(sentences):
    """A sparse row of hashed signs for each token of all sentences."""
    rows = (own for sentence in sentences for own in signs_of(sentence))
    return FeatureHasher(2**18, input_type="string", alternate_sign=False).transform(rows)


def tag_shares(seen, tagged, asked, names, rounds=4):
    """Probabilities of tags by a logistic model of single tokens: an array (asked tokens, tags).

    `seen` and `asked` are rows of hashed signs, `tagged` the tags of the sentences that were seen.
    """
    number = {name: place for place, name in enumerate(names)}
    truth = np.array([number[tag] for tags in tagged for tag in tags])
    model = SGDClassifier("log_loss", alpha=1e-6, max_iter=rounds, tol=None, random_state=SEED)
    model.fit(seen, truth)
    shares = np.full((asked.shape[0], len(names)), 1e-5)
    told = model.predict_proba(asked).reshape(asked.shape[0], -1)
    shares[:, model.classes_] = np.maximum(told, 1e-5)
    return shares / shares.sum(axis=1, keepdims=True)


def by_sentence(rows, sentences):
    """Part rows of tokens into one block a sentence."""
    return np.split(rows, np.cumsum([len(sentence) for sentence in sentences])[:-1])
