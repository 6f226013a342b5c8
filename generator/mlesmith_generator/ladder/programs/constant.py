# The best constant: of the summaries of the training target, the one that this metric likes best.
answers, known = as_answers(read_column("input/train.csv", TARGET, most_rows=200_000))
answers = answers[known]
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)

if KIND == "number":
    candidates = [answers.mean(), *np.quantile(answers, np.linspace(0.01, 0.99, 99))]
    if answers.min() > -1:
        candidates.append(np.expm1(np.log1p(answers).mean()))
    if METRIC == "pinball":
        candidates.append(np.quantile(answers, QUANTILE))
    elif METRIC in ("mape", "smape"):
        candidates += [0.0, *np.quantile(answers, np.linspace(0, 0.01, 21))]
    best = min(candidates, key=lambda value: error(answers, np.full(len(answers), value)))
    prediction = np.full(len(ids), best)
else:
    shares = np.bincount(answers, minlength=len(CLASSES)) / len(answers)
    print("shares of the classes:", dict(zip(CLASSES, shares.round(4).tolist())))
    if KIND == "label":
        scores = [score_of_table(np.outer(shares, row)) for row in np.eye(len(CLASSES))]
        likeliest_first = np.argsort(-shares, kind="stable")
        best = max(likeliest_first, key=lambda code: scores[code])
        prediction = np.full(len(ids), best)
    else:
        prediction = finish(np.tile(shares, (len(ids), 1)), answers)

print("everywhere:", prediction[0] if len(prediction) else "nothing")
write_submission(ids, prediction)
