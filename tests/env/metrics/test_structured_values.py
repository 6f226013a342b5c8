"""Values of the metrics over several numbers, groups, lists, tags, spans, boxes and masks.

Where scikit-learn has the metric it is the reference; the fixed values of the others come from the
reference implementations named with them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlesmith_env.errors import MetricError
from mlesmith_env.forms import KINDS
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import get_metric, metric_names
from mlesmith_env.metrics.boxes import intersection_over_union
from mlesmith_env.metrics.cases import scoring_by
from mlesmith_env.metrics.masks import shared_pixels
from mlesmith_env.metrics.spans import words
from mlesmith_env.metrics.tags import entities
from tests.env.forms.test_kinds import form_of, truth_of
from tests.env.metrics.draws import arrays, objects, runs_of

quick = settings(max_examples=40, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def at(name, k):
    return get_metric(MetricSpec(name=name, params={"k": k}))


COLUMNS = {
    "mcrmse": lambda y, p: np.mean(sk.root_mean_squared_error(y, p, multioutput="raw_values")),
    "mcmae": sk.mean_absolute_error,
    "mean_r2": sk.r2_score,
}


@pytest.mark.parametrize("name", COLUMNS)
@quick
@given(seed=seeds, n=st.integers(3, 60))
def test_several_targets_equal_scikit_learn(name, seed, n):
    y, p = arrays("numbers", "", seed, n)
    assert get_metric(name)(y, p) == pytest.approx(COLUMNS[name](y, p), rel=1e-9)


@quick
@given(seed=seeds, n=st.integers(2, 60), alpha=st.sampled_from([0.05, 0.2, 0.5]))
def test_the_interval_score_is_that_of_its_two_quantiles(seed, n, alpha):
    y, p = arrays("interval", "", seed, n)
    low = sk.mean_pinball_loss(y, p[:, 0], alpha=alpha / 2)
    high = sk.mean_pinball_loss(y, p[:, 1], alpha=1 - alpha / 2)
    metric = get_metric(MetricSpec(name="interval_score", params={"alpha": alpha}))
    assert metric(y, p) == pytest.approx(2 / alpha * (low + high), rel=1e-9)


LABELS = {
    "multilabel_roc_auc": lambda y, p: sk.roc_auc_score(y, p, average="macro"),
    "multilabel_average_precision": lambda y, p: sk.average_precision_score(y, p, average="micro"),
    "multilabel_log_loss": lambda y, p: np.mean(
        [sk.log_loss(y[:, j], p[:, j], labels=[0, 1]) for j in range(y.shape[1])]
    ),
    "label_ranking_average_precision": sk.label_ranking_average_precision_score,
    "multilabel_f1_micro": lambda y, p: sk.f1_score(y, p >= 0.5, average="micro"),
    "multilabel_f1_macro": lambda y, p: sk.f1_score(y, p >= 0.5, average="macro"),
}


@pytest.mark.parametrize("name", LABELS)
@quick
@given(seed=seeds, n=st.integers(2, 40), digits=st.sampled_from([1, 6]))
def test_labels_that_are_all_known_equal_scikit_learn(name, seed, n, digits):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, (n, 4)), np.round(rng.random((n, 4)), digits)
    y[0], y[1] = 0, 1
    expected = LABELS[name](y, p)
    assert get_metric(name)(y.astype(float), p) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", metric_names("multilabel"))
@quick
@given(seed=seeds, n=st.integers(4, 40))
def test_predictions_of_unknown_cells_do_not_matter(name, seed, n):
    y, p = arrays("multilabel", "", seed, n)
    other = np.where(np.isnan(y), np.random.default_rng(seed).random(y.shape), p)
    assert get_metric(name)(y, other) == get_metric(name)(y, p)


def test_unknown_labels_are_as_if_they_were_not_there():
    y = np.array([[1.0, 0.0, np.nan], [0.0, 1.0, np.nan], [1.0, 1.0, np.nan]])
    p = np.array([[0.9, 0.4, 0.6], [0.2, 0.3, 0.1], [0.4, 0.6, 0.7]])
    for name in metric_names("multilabel"):
        assert get_metric(name)(y, p) == pytest.approx(get_metric(name)(y[:, :2], p[:, :2]))


@quick
@given(seed=seeds, n=st.integers(9, 60), k=st.integers(1, 9))
def test_groups_equal_the_mean_of_scikit_learn_over_them(seed, n, k):
    y, p = arrays("ranking", "", seed, n)
    relevance, groups = y.T
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    filled = [m for m in members if relevance[m].any()]
    hits = relevance > 0
    precision = np.mean([sk.average_precision_score(hits[m], p[m]) for m in filled])
    assert get_metric("group_map")(y, p) == pytest.approx(precision)
    filled = [m for m in filled if len(m) > 1]
    gains = np.exp2(relevance) - 1
    ndcg = np.mean([sk.ndcg_score([gains[m]], [p[m]], k=k) for m in filled])
    whole = np.isin(np.arange(n), np.concatenate(filled))
    assert at("group_ndcg", k)(y[whole], p[whole]) == pytest.approx(ndcg)


def test_the_first_relevant_row_gives_the_reciprocal_rank():
    y = np.array([[0, 7], [1, 7], [0, 7], [0, 2], [3, 2], [0, 5]], dtype=float)
    mrr = get_metric("group_mrr")
    assert mrr(y, [0.9, 0.5, 0.1, 0.1, 0.9, 0.5]) == pytest.approx((1 / 2 + 1) / 2)
    # All equal: of three rows the relevant one stands second on average, of two at 1.5.
    assert mrr(y, np.zeros(6)) == pytest.approx((1 / 2 + 1 / 1.5) / 2)
    for name in metric_names("ranking"):
        assert get_metric(name)([[0.0, 1.0], [0.0, 1.0]], [0.1, 0.2]) == 0.0


def test_concordance_equals_lifelines():
    times, events = [5, 3, 3, 8, 1, 9, 3, 6, 2, 7], [1, 1, 0, 1, 0, 0, 1, 1, 1, 0]
    risks = [0.4, 0.9, 0.2, 0.1, 0.5, 0.4, 0.9, 0.3, 0.4, 0.35]
    y = np.column_stack([times, events]).astype(float)
    assert get_metric("concordance")(y, risks) == pytest.approx(0.7678571428571429, rel=1e-12)


@quick
@given(seed=seeds, n=st.integers(2, 50))
def test_concordance_counts_every_comparable_pair(seed, n):
    y, p = arrays("survival", "", seed, n)
    right = pairs = 0.0
    for time, event, risk in zip(*y.T, p, strict=True):
        for later, other, lower in zip(*y.T, p, strict=True):
            if event and (time < later or (time == later and not other)):
                pairs += 1
                right += (risk > lower) + (risk == lower) / 2
    assert get_metric("concordance")(y, p) == pytest.approx(right / pairs)


def test_concordance_without_a_comparable_pair_is_chance():
    censored = np.array([[1.0, 0.0], [2.0, 0.0]])
    assert get_metric("concordance")(censored, [1.0, 0.0]) == 0.5


@pytest.mark.parametrize(
    ("name", "k", "told", "expected"),
    [
        ("map_at_k", 3, "a x b", (1 + 2 / 3) / 3),
        ("map_at_k", 2, "x a b c", (1 / 2) / 2),
        ("map_at_k", 10, "a b c d", 1.0),
        ("ndcg_at_k", 3, "x a b", (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3) + 1 / 2)),
        ("recall_at_k", 2, "x a b", 1 / 2),
        ("recall_at_k", 5, "x a b", 2 / 3),
        ("hit_rate_at_k", 1, "x a b", 0.0),
        ("hit_rate_at_k", 2, "x a b", 1.0),
        ("map_at_k", 3, "a a a", 1 / 3),
        ("recall_at_k", 3, "", 0.0),
    ],
)
def test_lists_have_the_value_of_the_definition(name, k, told, expected):
    truth = objects([("c", "a", "b")])
    assert at(name, k)(truth, objects([tuple(told.split())])) == pytest.approx(expected)


def test_entities_equal_seqeval():
    truth = ["B-PER I-PER O B-LOC", "O I-ORG I-ORG B-ORG", "B-PER I-LOC O", "O O"]
    told = ["B-PER I-PER O B-ORG", "O B-ORG I-ORG I-ORG", "B-PER B-LOC O", "O B-PER"]
    y = objects([tuple(tags.split()) for tags in (*truth, "S-PER B-LOC E-LOC")])
    p = objects([tuple(tags.split()) for tags in (*told, "S-PER I-LOC E-LOC")])
    assert get_metric("entity_f1")(y, p) == pytest.approx(0.625)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-A I-A O", [(1, 3, "A")]),
        ("B-A B-A I-A", [(0, 1, "A"), (1, 3, "A")]),
        ("I-A I-A I-B", [(0, 2, "A"), (2, 3, "B")]),
        ("B-A I-B O I-B", [(0, 1, "A"), (1, 2, "B"), (3, 4, "B")]),
        ("S-A I-A B-A E-A I-A", [(0, 1, "A"), (1, 2, "A"), (2, 4, "A"), (4, 5, "A")]),
        ("U-A B-A M-A L-A", [(0, 1, "A"), (1, 4, "A")]),
        ("NOUN NOUN VERB O", [(0, 2, "NOUN"), (2, 3, "VERB")]),
        ("B-first-name I-first-name", [(0, 2, "first-name")]),
        ("B I O", [(0, 2, "entity")]),
        ("O O", []),
    ],
)
def test_entities_begin_and_end_as_in_the_conll_evaluation(tags, expected):
    assert list(entities(tuple(tags.split()))) == expected


def test_token_metrics_equal_scikit_learn_and_missing_tags_are_outside():
    y, p = arrays("tags", "", 5, 60)
    true, told = [t for row in y for t in row], [t for row in p for t in row]
    assert get_metric("tag_accuracy")(y, p) == pytest.approx(sk.accuracy_score(true, told))
    tags = sorted({*true, *told} - {"O"})
    macro = sk.f1_score(true, told, average="macro", labels=tags)
    assert get_metric("tag_f1_macro")(y, p) == pytest.approx(macro)
    truth = objects([("B-A", "I-A", "O")])
    for name in metric_names("tags"):
        metric = get_metric(name)
        short, long = objects([("B-A", "I-A")]), objects([("B-A", "I-A", "O", "B-A")])
        assert metric(truth, short) == metric(truth, long) == 1.0
        assert metric(truth, objects([()])) < 0.5


@pytest.mark.parametrize(
    ("true", "told", "exact", "f1", "jaccard"),
    [
        ("The Eiffel Tower", "eiffel tower!", 1.0, 1.0, 1 / 4),
        ("in the year 1889", "year 1889", 0.0, 0.8, 1 / 2),
        ("a cat and a cat", "cat", 0.0, 0.5, 1 / 3),
        ("", "", 1.0, 1.0, 1.0),
        ("", "word", 0.0, 0.0, 0.0),
        ("the", "", 1.0, 1.0, 0.0),
        ("U.S.", "us", 1.0, 1.0, 0.0),
        ("«Ja»", "ja", 1.0, 1.0, 0.0),
    ],
)
def test_texts_are_compared_word_by_word(true, told, exact, f1, jaccard):
    y, p = objects([true]), objects([told])
    assert get_metric("span_exact_match")(y, p) == exact
    assert get_metric("span_f1")(y, p) == pytest.approx(f1)
    assert get_metric("span_jaccard")(y, p) == pytest.approx(jaccard)


def test_normalised_words_have_no_article_inside_others():
    assert words("An Anthem — the theatre, a la carte") == ["anthem", "theatre", "la", "carte"]


def test_boxes_equal_pycocotools():
    y = objects(
        [
            (("cat", 10.0, 10.0, 40.0, 30.0), ("dog", 60.0, 20.0, 30.0, 30.0)),
            (("cat", 0.0, 0.0, 20.0, 20.0), ("cat", 30.0, 30.0, 20.0, 20.0)),
            (),
            (("dog", 5.0, 5.0, 50.0, 50.0),),
        ]
    )
    p = objects(
        [
            (
                ("cat", 0.9, 12.0, 11.0, 40.0, 30.0),
                ("dog", 0.8, 60.0, 25.0, 30.0, 30.0),
                ("cat", 0.85, 60.0, 20.0, 30.0, 30.0),
            ),
            (
                ("cat", 0.7, 2.0, 2.0, 20.0, 20.0),
                ("cat", 0.6, 28.0, 34.0, 22.0, 20.0),
                ("cat", 0.95, 31.0, 30.0, 20.0, 20.0),
            ),
            (("dog", 0.5, 1.0, 1.0, 9.0, 9.0),),
            (("dog", 0.65, 15.0, 10.0, 50.0, 50.0), ("bird", 0.99, 5.0, 5.0, 50.0, 50.0)),
        ]
    )
    assert get_metric("box_map")(y, p) == pytest.approx(0.49207920792079207, rel=1e-9)
    assert get_metric("box_map_50")(y, p) == pytest.approx(0.9579207920792079, rel=1e-9)


def test_overlaps_of_boxes_are_those_of_their_areas():
    a = np.array([[0.0, 0.0, 4.0, 4.0], [1.0, 1.0, 0.0, 0.0], [1e200, 0.0, 1e200, 1e200]])
    b = np.array([[2.0, 2.0, 4.0, 4.0], [1.0, 1.0, 0.0, 0.0], [1e200, 0.0, 1e200, 1e200]])
    with np.errstate(all="ignore"):
        found = intersection_over_union(a, b)
    np.testing.assert_allclose(found, np.array([[4 / 28, 0, 0], [0, 1, 0], [0, 0, 1]]))


def test_a_true_box_is_found_once_and_by_its_own_label():
    truth = objects([(("cat", 0.0, 0.0, 10.0, 10.0),)])
    twice = objects([(("cat", 0.9, 0.0, 0.0, 10.0, 10.0), ("cat", 0.95, 1.0, 0.0, 10.0, 10.0))])
    other = objects([(("dog", 0.9, 0.0, 0.0, 10.0, 10.0),)])
    box_map = get_metric("box_map_50")
    assert box_map(truth, twice) == 1.0  # The needless one comes after all are found.
    assert box_map(truth, other) == 0.0
    assert box_map(objects([()]), other) == 0.0


@quick
@given(seed=seeds)
def test_masks_equal_their_pixels(seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.random((2, 8, 60)) < rng.random((2, 8, 1))).astype(int)
    empty = ~(a | b).any(axis=1)
    shared, whole = (a & b).sum(axis=1), (a | b).sum(axis=1)
    dice = np.where(empty, 1.0, 2 * shared / np.maximum(1, a.sum(axis=1) + b.sum(axis=1)))
    iou = np.where(empty, 1.0, shared / np.maximum(1, whole))
    y, p = objects([runs_of(row) for row in a]), objects([_halved(runs_of(row)) for row in b])
    assert get_metric("mask_dice")(y, p) == pytest.approx(dice.mean())
    assert get_metric("mask_iou")(y, p) == pytest.approx(iou.mean())


def _halved(runs):
    """The same pixels in runs that touch."""
    halves = (((s, n // 2), (s + n // 2, n - n // 2)) if n > 1 else ((s, n),) for s, n in runs)
    return tuple(run for pair in halves for run in pair)


def test_masks_of_huge_images_are_exact():
    far = 10**14
    assert shared_pixels(((far, 10), (far + 20, 5)), ((far + 8, 15),)) == 2 + 3


finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", [*metric_names("numbers"), "interval_score"])
@quick
@given(data=st.data(), n=st.integers(1, 6))
def test_no_finite_numbers_ever_give_nan_or_infinity(name, data, n):
    metric = get_metric(name)
    size = 2 * n
    y, p = (np.array(data.draw(st.lists(finite, min_size=size, max_size=size))) for _ in "yp")
    if "interval" in metric.kinds:
        value = metric(y[:n], np.sort(p.reshape(n, 2), axis=1))
    else:
        value = metric(y.reshape(n, 2), p.reshape(n, 2))
    assert math.isfinite(value)
    assert metric.range[0] <= value <= metric.range[1]


STRUCTURES = ("items", "tags", "span", "boxes", "mask")


@pytest.mark.parametrize("name", [name for kind in STRUCTURES for name in metric_names(kind)])
def test_samples_that_share_their_objects_score_as_each_by_itself(name):
    metric = get_metric(name)
    y, p = arrays(metric.kinds[0], "", 11, 60)
    rng = np.random.default_rng(3)
    drawn = [rng.integers(0, len(y), 60) for _ in range(8)]
    cases = [(rows, p[rows]) for rows in drawn] + [
        (rows, p[rng.permutation(rows)]) for rows in drawn
    ]
    expected = [metric(y[rows], told) for rows, told in cases]
    score = scoring_by(metric, y)
    np.testing.assert_array_equal(score(cases), expected)
    np.testing.assert_array_equal(score(cases[::-1]), expected[::-1])


@pytest.mark.parametrize("name", metric_names("ranking"))
def test_a_group_that_is_drawn_twice_counts_twice(name):
    y, p = arrays("ranking", "", 7, 40)
    metric, groups = get_metric(name), np.arange(40) // 8
    filled = [group for group in range(5) if y[groups == group, 0].any()]
    drawn = [*filled, filled[0], filled[0], filled[-1]]
    rows = np.concatenate([np.flatnonzero(groups == group) for group in drawn])
    alone = [metric(y[groups == group], p[groups == group]) for group in drawn]
    shuffled = np.random.default_rng(0).permutation(rows)
    scores = scoring_by(metric, y)([(rows, p[rows]), (shuffled, p[shuffled])])
    assert scores == pytest.approx(np.mean(alone))


@pytest.mark.parametrize("kind", KINDS)
def test_the_perfect_predictions_of_a_form_score_perfect(kind):
    truth = truth_of(kind)
    told = KINDS[kind].perfect(truth, form_of(kind))
    for name in metric_names(kind):
        if get_metric(name).domain.contains_all(np.array([-2.0])) and name != "mape":
            params = {"k": 2} if name == "top_k_accuracy" else {}
            metric = get_metric(MetricSpec(name=name, params=params))
            assert metric(truth, told) == pytest.approx(metric.perfect, abs=1e-6)


def test_samples_with_what_does_not_fit_have_no_score():
    y, p = arrays("mask", "", 11, 5)
    wrong = objects([((1, 2, 3),)] * 5)
    whole = np.arange(5)
    scores = scoring_by(get_metric("mask_iou"), y)([(whole, p), (whole, wrong), (whole, p)])
    assert np.isnan(scores).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("name", "truth", "prediction", "told"),
    [
        ("mcrmse", [[1.0, 2.0]], [[1.0]], "shape"),
        ("mcrmse", [1.0], [[1.0]], "one line of values a row"),
        ("mcrmse", [[1.0, math.nan]], [[1.0, 2.0]], "any number"),
        ("interval_score", [1.0], [[2.0, 1.0]], "from 2 down to 1"),
        ("interval_score", [1.0], [[2.0, 3.0, 4.0]], "two ends"),
        ("multilabel_log_loss", [[0.0, 2.0]], [[0.5, 0.5]], "0, 1 or NaN"),
        ("multilabel_log_loss", [[0.0, 1.0]], [[0.5, math.nan]], "prediction"),
        ("group_ndcg", [[-1.0, 0.0]], [0.5], "at least 0"),
        ("group_ndcg", [[1.0, 0.0, 0.0]], [0.5], "relevance and group"),
        ("concordance", [[1.0, 0.5]], [0.5], "observed"),
        ("concordance", [[1.0, 1.0]], [math.inf], "any number"),
        ("map_at_k", objects([()]), objects([("a",)]), "row 0 of the truth has no item"),
        ("map_at_k", objects([("a",)]), objects([["a"]]), "list where a tuple"),
        ("map_at_k", np.array(["a"]), objects([("a",)]), "truth"),
        ("entity_f1", objects([("O", 1)]), objects([("O", "O")]), "int where a str"),
        ("span_f1", objects(["a"]), objects([None]), "NoneType where a str"),
        ("box_map", objects([(("cat", 0.0, 0.0, 1.0, 1.0),)]), objects([((1.0, 2.0),)]), "height"),
        ("mask_iou", objects([((0, 1),)]), objects([(0, 1)]), "int where a tuple"),
        ("mask_iou", objects([]), objects([]), "shape"),
        ("mask_iou", objects([(), ()]), objects([()]), "shape"),
    ],
)
def test_arrays_that_a_kind_does_not_hold_are_typed_errors(name, truth, prediction, told):
    with pytest.raises(MetricError, match=told) as refusal:
        get_metric(name)(np.asarray(truth), np.asarray(prediction))
    assert name in str(refusal.value)
