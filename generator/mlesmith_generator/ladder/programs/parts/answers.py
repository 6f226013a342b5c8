import csv
import sys

import numpy as np

csv.field_size_limit(sys.maxsize)


def read_column(path, name, most_rows):
    """Text of one column of a CSV file, from its first rows."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        place = next(rows).index(name)
        return [row[place] for _, row in zip(range(most_rows), rows)]


def as_answers(texts):
    """Numbers, or codes of the classes, and which rows have one at all."""
    if not CLASSES:
        values = np.array([float(text) if is_number(text) else np.nan for text in texts], float)
        return values, np.isfinite(values)
    code = {label: number for number, label in enumerate(CLASSES)}
    codes = np.array([code.get(text, -1) for text in texts], int)
    return codes, codes >= 0


def is_number(text):
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def write_submission(ids, prediction):
    """Write one row per id: a number or several, a label, one probability or one per class."""
    if KIND == "label":
        columns = [[CLASSES[code] for code in prediction]]
    elif KIND == "probabilities":
        shares = np.clip(np.asarray(prediction, float), 1e-6, None)
        shares = shares / shares.sum(axis=1, keepdims=True)
        columns = [[f"{value:.10g}" for value in column] for column in shares.T.tolist()]
    else:
        table = np.asarray(prediction, float).reshape(len(ids), -1)
        columns = [[f"{value:.10g}" for value in column] for column in table.T.tolist()]
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows(zip(ids, *columns))
