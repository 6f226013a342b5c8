# Ridge or logistic regression on words and on runs of letters together, as strong as suits held-out rows.
table = Table()
texts = [" ".join(values)[:2_000] for values in zip(*table.texts)] if table.texts else []
runs = TfidfVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, max_features=40_000
)
blocks = [0.3 * standard_matrix(table)]
if any(text.strip() for text in texts):
    words = text_matrix(table.texts, 30_000)
    blocks += [3 * runs.fit_transform(texts)] + ([] if words is None else [3 * words])
matrix = sparse.hstack(blocks, format="csr")
seen, asked = table.split(matrix)
answers = table.answers


def log_loss_of(strength, rows):
    """Log loss on a quarter of some rows of a model fitted to the others."""
    cut = len(rows) // 4
    shares = linear(seen[rows[cut:]], answers[rows[cut:]], seen[rows[:cut]], strength)
    return -np.log(np.maximum(shares[np.arange(cut), answers[rows[:cut]]], 1e-4)).mean()


chosen = 1.0
if KIND != "number" and len(answers) >= 100:
    tried = np.random.default_rng(SEED).permutation(len(answers))[:3_000]
    losses = {strength: log_loss_of(strength, tried) for strength in (1.0, 10.0)}
    print("loss left out, by strength:", losses)
    chosen = min(losses, key=losses.get)
write_submission(table.ids, finish(linear(seen, answers, asked, chosen), answers))
