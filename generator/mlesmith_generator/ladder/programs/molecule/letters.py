# Ridge or logistic regression on runs of one to six letters of the string, its own case kept.
table = Table()
strings = ["".join(tokens) or "." for tokens in molecules(table)]
runs = TfidfVectorizer(
    analyzer="char", ngram_range=(1, 6), lowercase=False, min_df=2, sublinear_tf=True, max_features=40_000
)
counted = descriptors(table)
counted = (counted - counted.mean(axis=0)) / np.maximum(counted.std(axis=0), 1e-9)
matrix = sparse.hstack([0.1 * np.clip(counted, -6, 6), 4 * runs.fit_transform(strings)], format="csr")
seen, asked = table.split(matrix)
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
