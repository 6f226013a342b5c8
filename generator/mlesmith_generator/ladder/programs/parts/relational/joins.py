from pathlib import Path

import pandas as pd


def text(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def joined(folder, children=True):
    """Write train.csv and test.csv with the columns of the further tables; returns the folder.

    Two tables belong together where they share a column. Where that key is unique in the further
    table its columns come as they are; of other tables, each key's rows are put together.
    """
    sides = {name: text(f"input/{name}.csv") for name in SIDES}
    main = {name: text(f"input/{name}.csv") for name in ("train", "test")}
    keys = {column: column for column in main["test"].columns}
    while sides:
        for name, side in list(sides.items()):
            shared = [column for column in side.columns if column in keys]
            if shared:
                break
        else:
            break
        del sides[name]
        key = max(shared, key=lambda column: side[column].nunique())
        side = side[side[key].notna()]
        single = side[key].is_unique
        if not single and not children:
            continue
        told = side.set_index(key) if single else summed(side, key)
        told.columns = [f"{name}.{column}" for column in told.columns]
        main = {part: frame.join(told, on=keys[key]) for part, frame in main.items()}
        if single:
            more = {column: f"{name}.{column}" for column in side.columns if column != key}
            keys = {**more, **keys}
    Path(folder).mkdir(exist_ok=True)
    for part, frame in main.items():
        frame.to_csv(f"{folder}/{part}.csv", index=False)
    return folder


def summed(side, key):
    """One row a key: how many rows it has, means, sums and extremes, shares of common values."""
    made = {"rows": side.groupby(key).size()}
    for column in side.columns.drop(key):
        numbers = pd.to_numeric(side[column], errors="coerce")
        if numbers.notna().sum() >= 0.9 * side[column].notna().sum() > 0:
            of_key = numbers.groupby(side[key])
            for how in ("mean", "sum", "min", "max", "std"):
                made[f"{column} {how}"] = of_key.agg(how)
            continue
        of_key = side[column].groupby(side[key])
        made[f"{column} different"] = of_key.nunique()
        common = side[column].value_counts()
        if 1 < len(common) <= 200:
            for value in common.index[:10]:
                made[f"{column} is {value}"] = (side[column] == value).groupby(side[key]).mean()
            made[f"{column} first"] = of_key.first()
        elif len(common) > 200 and side[column].str.len().mean() > 12:
            made[f"{column} words"] = of_key.apply(lambda texts: " ".join(texts.dropna())[:1500])
    return pd.DataFrame(made)
