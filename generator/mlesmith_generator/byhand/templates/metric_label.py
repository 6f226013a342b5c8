"""How a submission is scored: ten lines are a metric. task.yaml declares its direction and range."""

TARGET = "target"


def evaluate(submission, answers):
    # Both have the same ids row by row; labels are texts.
    wrong = submission[TARGET] != answers[TARGET]
    return float(wrong.mean())
