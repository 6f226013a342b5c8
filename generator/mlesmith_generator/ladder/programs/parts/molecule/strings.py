import re

TOKENS = re.compile(r"\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]|[()=#\\/.:@~*$-]|%[0-9]{2}|[0-9]")
ATOMS = ["C", "c", "N", "n", "O", "o", "S", "s", "P", "F", "Cl", "Br", "I", "B"]


def molecules(table):
    """The column of molecules, tokenised: of the texts, the one that is spelled in atoms."""
    best, tokens = 0.0, [[] for _ in range(table.size + len(table.ids))]
    for values in table.texts:
        found = [TOKENS.findall(value.strip()) for value in values]
        spelled = sum(map(lambda parts: sum(map(len, parts)), found))
        share = spelled / max(sum(len(value.strip()) for value in values), 1)
        if share > best:
            best, tokens = share, found
    return tokens


def described(tokens):
    """What can be counted in a molecule: atoms, bonds, rings, branches, charges, sizes."""
    plain = [part.strip("[]") if part.startswith("[") else part for part in tokens]
    spelled = [re.match(r"[0-9]*([A-Z][a-z]?|[a-z])", part) for part in plain]
    atoms = [match[1] for match in spelled if match]
    heavy = [atom for atom in atoms if atom not in ("H", "")]
    counts = [heavy.count(name) for name in ATOMS]
    hetero = len(heavy) - counts[0] - counts[1]
    rings = sum(part.isdigit() or part.startswith("%") for part in tokens) / 2
    charges = sum(("+" in part) - ("-" in part) for part in tokens if part.startswith("["))
    size = max(len(heavy), 1)
    return [
        *counts, len(heavy), hetero, rings, tokens.count("="), tokens.count("#"), tokens.count("("),
        tokens.count("."), charges, sum("@" in part for part in tokens), sum("H" in part for part in tokens),
        sum(atom.islower() for atom in heavy) / size, hetero / size, np.log1p(size),
        sum(one == "C" and two == "C" for one, two in zip(plain, plain[1:])),
        sum(one == "=" and two in ("O", "o") for one, two in zip(plain, plain[1:])),
        sum(one == "O" and two == ")" for one, two in zip(plain, plain[1:])),
    ]


def descriptors(table):
    """Descriptors of every row, one column each."""
    return np.array([described(tokens) for tokens in molecules(table)], float)


def fragments(table, longest=4, most=20_000):
    """Sparse counts of runs of tokens."""
    from sklearn.feature_extraction.text import CountVectorizer

    words = [" ".join(tokens) or "." for tokens in molecules(table)]
    runs = CountVectorizer(
        token_pattern=r"\S+", lowercase=False, ngram_range=(1, longest), min_df=2, max_features=most
    )
    return runs.fit_transform(words).astype("f4")


def chemical_matrix(table):
    """Descriptors, other columns, and the main directions of the runs of tokens, for trees."""
    counted, runs = descriptors(table), fragments(table)
    runs.data = np.log1p(runs.data)
    width = max(2, min(40, min(runs.shape) - 1))
    places = TruncatedSVD(width, random_state=SEED, n_iter=3).fit_transform(runs)
    table.texts = []
    matrix, categorical = tree_matrix(table)
    plain = np.zeros(counted.shape[1] + places.shape[1], bool)
    return np.hstack([counted, places, matrix]), np.append(plain, categorical)
