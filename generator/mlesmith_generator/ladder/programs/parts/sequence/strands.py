PLACES = 120


def strands(table, folder="input"):
    """One strand for each row: the longest column of letters, or columns of one letter each in a row."""
    train = pd.read_csv(f"{folder}/train.csv", dtype=str, keep_default_na=False)
    test = pd.read_csv(f"{folder}/test.csv", dtype=str, keep_default_na=False)
    _, known = as_answers(*(train[name].tolist() for name in TRUTH))
    features = [name for name in test.columns if name in train.columns and name not in (ID, *TRUTH)]
    rows = pd.concat([train.loc[known, features].iloc[: table.size], test[features]], ignore_index=True)
    rows = rows.apply(lambda column: column.str.strip().str.upper())
    sizes = {name: rows[name].str.len().mean() for name in features if not rows[name].str.contains(" ").any()}
    longest = max(sizes, key=sizes.get, default=None)
    single = [name for name in sizes if (rows[name].str.len() <= 1).all() and rows[name].str.isalpha().mean() > 0.5]
    if longest is not None and sizes[longest] >= len(single):
        return rows[longest].tolist()
    single.sort(key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])
    return rows[single].replace("", "-").agg("".join, axis=1).tolist()


def composition(rows):
    """Length, share of every letter, and of every pair of neighbours where there are few letters."""
    letters = sorted(set("".join(rows)))
    sizes = np.array([max(len(row), 1) for row in rows], float)
    columns = [np.log1p(sizes), *(np.array([row.count(one) for row in rows]) / sizes for one in letters)]
    if len(letters) <= 8:
        pairs = [one + two for one in letters for two in letters]
        columns += [np.array([row.count(pair) for row in rows]) / sizes for pair in pairs]
    columns = np.column_stack(columns)
    return (columns - columns.mean(axis=0)) / np.maximum(columns.std(axis=0), 1e-9)


def runs(rows, longest=None, most=20_000):
    """Sparse logarithms of counts of short runs of letters."""
    from sklearn.feature_extraction.text import CountVectorizer

    longest = longest or (5 if len(set("".join(rows[:500]))) <= 8 else 3)
    counter = CountVectorizer(analyzer="char", lowercase=False, ngram_range=(1, longest), min_df=2,
                              max_features=most)
    counts = counter.fit_transform(rows).astype("f4")
    counts.data = np.log1p(counts.data)
    return counts


def places(rows):
    """Which letter stands at which place: from the start, and from the end where lengths differ."""
    sides = [rows] if len({len(row) for row in rows}) == 1 else [rows, [row[::-1] for row in rows]]
    letters = {letter: code for code, letter in enumerate(sorted(set("".join(rows))))}
    width = min(PLACES, max(map(len, rows)))
    blocks = []
    for side in sides:
        codes = np.full((len(rows), width), len(letters))
        for number, row in enumerate(side):
            found = [letters[letter] for letter in row[:width]]
            codes[number, : len(found)] = found
        blocks.append(np.eye(len(letters) + 1, dtype="f4")[codes].reshape(len(rows), -1))
    matrix = sparse.csr_matrix(np.hstack(blocks))
    return matrix[:, np.asarray((matrix != 0).sum(axis=0)).ravel() >= 3]


def strand_matrix(table, rows):
    """Columns for trees: composition, places, main directions of runs, and other numbers."""
    counts = runs(rows)
    width = max(2, min(40, min(counts.shape) - 1))
    directions = TruncatedSVD(width, random_state=SEED, n_iter=2).fit_transform(counts)
    placed = places(rows)
    shares = np.asarray(placed.mean(axis=0)).ravel()
    placed = placed[:, np.sort(np.argsort(-shares * (1 - shares), kind="stable")[:300])].toarray()
    return np.hstack([composition(rows), directions, placed, np.nan_to_num(table.numbers)])
