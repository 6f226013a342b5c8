"""How the raw files become the task.

`prepare` runs in a sandbox without network. It finds the raw files in `raw` and writes
`public/train.csv`, `public/test.csv`, `public/sample_submission.csv` and `private/answers.csv`. The
same raw files must give the same bytes.
"""

import pandas as pd

FILES = ["data.csv"]
TARGET = "target"
ID = "id"
DROPPED = []
SEPARATOR = ","
ENCODING = "utf-8"
SKIPPED = 0
NAMES = None
MISSING = [""]
NUMBER = True
HIDDEN = 0.3  # share of the rows that are hidden
PRIVATE = 0.6  # share of the hidden rows that decide; the others are scored during an episode


def prepare(raw, public, private):
    tables = [
        pd.read_csv(
            raw / file,
            sep=SEPARATOR,
            encoding=ENCODING,
            skiprows=SKIPPED,
            names=NAMES,
            dtype=str,
            keep_default_na=False,
            na_values=MISSING,
        )
        for file in FILES
    ]
    rows = pd.concat(tables).drop(columns=DROPPED).dropna(subset=[TARGET])
    rows = rows.sample(frac=1, random_state=0).reset_index(drop=True)
    rows.insert(0, ID, [f"r{number:06d}" for number in range(len(rows))])

    # Rows that are equal in every feature stay together, so that no hidden row has a copy.
    features = [name for name in rows.columns if name not in (ID, TARGET)]
    copy = rows.groupby(features, dropna=False, sort=False).ngroup()
    hidden = copy < round(HIDDEN * (copy.max() + 1))
    test = rows[hidden]
    usage = (copy[hidden] < PRIVATE * copy[hidden].max()).map({True: "Private", False: "Public"})

    truth = rows.loc[~hidden, TARGET]
    guess = truth.astype(float).median() if NUMBER else truth.mode()[0]
    tables = {
        public / "train.csv": rows[~hidden],
        public / "test.csv": test.drop(columns=TARGET),
        public / "sample_submission.csv": test[[ID]].assign(**{TARGET: guess}),
        private / "answers.csv": test[[ID, TARGET]].assign(Usage=usage),
    }
    for path, table in tables.items():
        table.to_csv(path, index=False, lineterminator="\n")
