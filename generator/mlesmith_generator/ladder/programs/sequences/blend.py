# A blend: random kernels with ridge, forests on summaries and on stretches, evenly.
cases = Cases()
even, summary = cases.even(), described(cases)
number = int(np.clip(3e9 / (even.size * 20), 150, 400))
matrices = [
    (ridge, standardised(np.hstack([kernels(scaled(even), number), summary]))),
    (forest, np.hstack([intervals(even), cases.extras])),
    (forest, summary),
]
made = []
for model, matrix in matrices:
    seen, asked = cases.split(matrix)
    prediction = model(seen, cases.answers, asked)
    made.append(np.clip(prediction, cases.answers.min(), cases.answers.max()) if KIND == "number" else prediction)
write_submission(cases.ids, finish(np.mean(made, axis=0), cases.answers))
