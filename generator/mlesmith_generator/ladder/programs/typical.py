# The typical answer: the median, or all certainty on the most frequent class.
answers, known = as_answers(read_column("input/train.csv", TARGET, most_rows=200_000))
answers = answers[known]
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)

if KIND == "number":
    prediction = finish(np.full(len(ids), np.median(answers)), answers)
else:
    certain = np.bincount(answers, minlength=len(CLASSES)).argmax()
    prediction = finish(np.tile(np.eye(len(CLASSES))[certain], (len(ids), 1)), answers)

print("everywhere:", prediction[0] if len(prediction) else "nothing")
write_submission(ids, prediction)
