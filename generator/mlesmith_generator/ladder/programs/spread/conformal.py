# Quantile boosting, widened until held-out rows are covered as often as asked.
table = Table(most_rows=10_000)
seen, asked = table.split(tree_matrix(table, most_columns=80)[0])
answers = table.answers
told = np.zeros((len(answers), 2))
fold = folds_of(len(answers), 3)
for number in range(3):
    out = fold == number
    told[out] = boosted_ends(seen[~out], answers[~out], seen[out])
ends = widened(boosted_ends(seen, answers, asked), told, answers)
inside = np.mean((told[:, 0] <= answers) & (answers <= told[:, 1]))
print(f"coverage of held-out rows before widening: {inside:.3f}")
write_submission(table.ids, tidy(ends, answers))
