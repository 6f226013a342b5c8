"""Every kind of prediction: what it reads, writes, refuses, and that it gives back the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import InvalidSubmissionError, ManifestError
from mlesmith_env.forms import KINDS, Misfit, kind_of
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.submission import check_form, read_submission

CASES = {
    "number": (("y",), (), (), [["1.5", "-2", "0.1", "7"]]),
    "label": (("y",), ("no", "yes"), (), [["no", "yes", "yes", "no"]]),
    "probability": (("y",), ("no", "yes"), (), [["no", "yes", "yes", "no"]]),
    "probabilities": (("a", "b", "c"), ("a", "b", "c"), (), [["a", "c", "b", "a"]]),
    "numbers": (("u", "v"), (), ("u", "v"), [["1", "2", "3", "4"], ["5", "6.5", "-7", "8"]]),
    "interval": (("lower", "upper"), (), (), [["1.5", "-2", "0.1", "7"]]),
    "multilabel": (("u", "v"), (), ("u", "v"), [["1", "0", "", "1"], ["0", "0", "1", "1"]]),
    "ranking": (("score",), (), ("grade", "query"), [["2", "0", "1", "3"], ["q", "q", "r", "r"]]),
    "survival": (("risk",), (), ("time", "event"), [["5", "3", "3", "9"], ["1", "0", "1", "0"]]),
    "items": (("list",), (), (), [["a b", "c", "b a d", "e f"]]),
    "tags": (("tags",), (), (), [["O B-x", "O", "O O O", "B-x I-x"]]),
    "span": (("text",), (), (), [["two words", "", "a, b", "x"]]),
    "boxes": (("boxes",), (), (), [["cat 1 2 3 4", "", "dog 0 0 5 5 cat 1 1 2 2", "cat 9 9 1 1"]]),
    "mask": (("runs",), (), (), [["0 4 9 2", "", "3 1", "100 20"]]),
}
IDS = ["a", "b", "c", "d"]


def form_of(kind: str) -> SubmissionForm:
    columns, classes, truth, _ = CASES[kind]
    return SubmissionForm(columns=columns, classes=classes, truth=truth, kind=kind, rows=4)


def truth_of(kind: str):
    return kind_of(form_of(kind)).truth(CASES[kind][3], form_of(kind))


def frame_of(kind: str, predictions) -> pd.DataFrame:
    form = form_of(kind)
    written = kind_of(form).written(predictions, form)
    return pd.DataFrame({"id": IDS, **dict(zip(form.columns, written, strict=True))})


def equal(a, b) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_every_kind_has_a_case():
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", CASES)
def test_what_is_written_is_read_again_in_any_order(kind, tmp_path):
    form, perfect = form_of(kind), kind_of(form_of(kind)).perfect(truth_of(kind), form_of(kind))
    check_form(form)
    frame = frame_of(kind, perfect)
    path = tmp_path / "submission.csv"
    frame.iloc[[2, 0, 3, 1]].to_csv(path, index=False)
    assert equal(read_submission(path, form, IDS), perfect)
    assert equal(read_submission(frame.iloc[::-1], form, IDS), perfect)


@pytest.mark.parametrize("kind", CASES)
def test_the_sample_submission_is_valid_and_says_nothing_of_a_row(kind):
    form, texts = form_of(kind), CASES[kind][3]
    columns = kind_of(form).sample(texts, texts, form)
    frame = pd.DataFrame({"id": IDS, **dict(zip(form.columns, columns, strict=True))})
    found = read_submission(frame, form, IDS)
    kind_of(form).conform(found, truth_of(kind), IDS)
    if kind == "tags":
        assert [set(row) for row in found] == [{"O"}] * 4
    else:
        assert equal(found, [found[0]] * 4)


@pytest.mark.parametrize("kind", CASES)
def test_wrong_values_are_refused(kind):
    form = form_of(kind)
    good = frame_of(kind, kind_of(form).perfect(truth_of(kind), form)).astype(object)
    for name, value in kind_of(form).wrong_values():
        bad = good.copy()
        bad.iloc[1, 1] = value
        assert refused(bad, kind), f"a submission {name} was accepted"


def refused(frame: pd.DataFrame, kind: str) -> bool:
    form = form_of(kind)
    try:
        kind_of(form).conform(read_submission(frame, form, IDS), truth_of(kind), IDS)
    except InvalidSubmissionError:
        return True
    return False


@pytest.mark.parametrize(
    ("kind", "columns", "place", "told"),
    [
        ("number", [["1", "x", "3", "4"]], (1, 0), "'x'"),
        ("label", [["no", "yes", "perhaps", "no"]], (2, 0), "'perhaps'"),
        ("numbers", [["1", "2", "3", "4"], ["5", "", "7", "8"]], (1, 1), "not a number"),
        ("multilabel", [["1", "0", "1", "2"], ["0", "0", "1", "1"]], (3, 0), "'2'"),
        ("ranking", [["2", "0", "1", "3"], ["q", "", "r", "r"]], (1, 1), "no name of a group"),
        ("survival", [["5", "3", "3", "9"], ["1", "0", "", "0"]], (2, 1), "neither 0 nor 1"),
        ("items", [["a b", "c c", "b", "e"]], (1, 0), "'c' is there twice"),
        ("tags", [["O", "", "O", "O"]], (1, 0), "no tag"),
        ("boxes", [["cat 1 2 3 4", "cat 1", "", ""]], (1, 0), "2 parts"),
        ("mask", [["0 4", "4 x", "", ""]], (1, 0), "'x'"),
    ],
)
def test_a_truth_that_does_not_fit_names_row_and_column(kind, columns, place, told):
    with pytest.raises(Misfit, match=told) as caught:
        kind_of(form_of(kind)).truth(columns, form_of(kind))
    assert (caught.value.row, caught.value.column) == place


@pytest.mark.parametrize("kind", CASES)
def test_a_form_with_the_wrong_columns_is_refused(kind):
    bad = form_of(kind).model_copy(update={"columns": ("a", "b", "c", "d"), "classes": ()})
    with pytest.raises(ManifestError, match="mend `submission`"):
        check_form(bad)


def test_tags_need_the_length_of_their_row():
    form = form_of("tags")
    frame = frame_of("tags", kind_of(form).perfect(truth_of("tags"), form))
    frame.loc[1, "tags"] = "O O"
    found = read_submission(frame, form, IDS)
    with pytest.raises(InvalidSubmissionError, match=r"'b' has 2 tag\(s\) for 1 token"):
        kind_of(form).conform(found, truth_of("tags"), IDS)


def test_risks_of_the_truth_put_an_event_before_who_is_censored_then():
    risks = kind_of(form_of("survival")).perfect(truth_of("survival"), form_of("survival"))
    assert risks[2] > risks[1] > risks[0] > risks[3]


def test_the_truth_columns_are_left_out_of_the_manifest_where_they_are_the_target():
    assert "truth" not in form_of("number").model_dump(mode="json")
    assert form_of("ranking").model_dump(mode="json")["truth"] == ["grade", "query"]
