# The best constant for the latest tenth of the training rows: what drifts goes on from its last level.
answers, known = as_answers(read_column("input/train.csv", TARGET, most_rows=200_000))
times = read_column("input/train.csv", TIME, most_rows=200_000)
dated = known & np.array([text != "" for text in times])
if all(is_number(text) for text in times if text):
    times = [float(text or 0) for text in times]
times, answers = np.array(times)[dated], answers[dated]
least = min(max(20, len(times) // 10), len(times))
answers = answers[times >= np.sort(times)[-least]]  # Rows of one moment stay together.
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)

if KIND == "number":
    candidates = [answers.mean(), *np.quantile(answers, [QUANTILE, *np.linspace(0, 1, 101)])]
    best = min(candidates, key=lambda value: error(answers, np.full(len(answers), value)))
    prediction = np.full(len(ids), best)
else:
    shares = np.bincount(answers, minlength=len(CLASSES)) / len(answers)
    if KIND == "label":
        scores = [score_of_table(np.outer(shares, row)) for row in np.eye(len(CLASSES))]
        likeliest_first = np.argsort(-shares, kind="stable")
        prediction = np.full(len(ids), max(likeliest_first, key=lambda code: scores[code]))
    else:
        prediction = finish(np.tile(shares, (len(ids), 1)), answers)

print("everywhere:", prediction[0] if len(prediction) else "nothing", "from", len(answers), "rows")
write_submission(ids, prediction)
