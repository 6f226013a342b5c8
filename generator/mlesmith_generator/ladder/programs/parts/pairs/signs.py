from sklearn.decomposition import TruncatedSVD

NEGATIONS = frozenset("not no never none nobody nothing n't without cannot".split())


def signs_of(pairs):
    """What a pair shows: words in common, cosines of several kinds, lengths, numbers, negations."""
    columns = [overlap(pairs), cosine(pairs, "word", (1, 1)), cosine(pairs, "word", (1, 2))]
    columns += [cosine(pairs, "char_wb", (2, 4), least=2), latent_cosine(pairs)]
    rows = []
    for one, other in zip(*pairs.sides):
        first, second = words_of(one), words_of(other)
        a, b = set(first), set(second)
        both, fewer = len(a & b), max(1, min(len(a), len(b)))
        digits = [{word for word in words if word.isdigit()} for words in (a, b)]
        same = 0
        while same < min(len(first), len(second)) and first[same] == second[same]:
            same += 1
        twos = [set(zip(words, words[1:])) for words in (first, second)]
        rows.append([
            both / fewer,
            both,
            len(a ^ b),
            len(first) + len(second),
            abs(len(first) - len(second)),
            min(len(first), len(second)) / max(1, len(first), len(second)),
            abs(len(one) - len(other)),
            same,
            len(twos[0] & twos[1]) / max(1, len(twos[0] | twos[1])),
            len(digits[0] ^ digits[1]),
            len(digits[0] & digits[1]),
            abs(len(a & NEGATIONS) - len(b & NEGATIONS)),
            float(first[-1:] == second[-1:]),
            float(first == second),
            len(first) - len(second),
        ])
    return np.hstack([*columns, np.array(rows, float)])


def latent_cosine(pairs):
    """Cosine of both texts in a space of few dimensions (latent semantic analysis), one column."""
    model = TfidfVectorizer(min_df=2, sublinear_tf=True, max_features=50_000)
    model.fit(pairs.sides[0] + pairs.sides[1])
    one, other = (model.transform(side) for side in pairs.sides)
    size = min(60, one.shape[1] - 1)
    if size < 2:
        return np.zeros((one.shape[0], 1))
    space = TruncatedSVD(size, random_state=SEED).fit(one[: pairs.size])
    left, right = space.transform(one), space.transform(other)
    norm = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return ((left * right).sum(axis=1) / np.maximum(norm, 1e-9)).reshape(-1, 1)
