"""Names of public benchmarks' tasks are known again; ordinary names are not suspected."""

import pytest

from mlesmith_env.sources import SourceFile, SourceRecord
from mlesmith_generator.contamination import benchmarks, contaminated_by, telling_words
from tests.env.manifests import make_manifest


def _named(slug: str, dataset: str = "data", title: str = "", uri: str = "", url: str = ""):
    file = SourceFile(path="a.csv", bytes=1, sha256="0" * 64, url=url)
    source = SourceRecord(dataset=dataset, title=title, uri=uri, files=(file,))
    return contaminated_by(make_manifest(slug=slug, title="A task"), source)


def test_the_lists_say_where_they_come_from():
    counts = {benchmark.benchmark: len(benchmark.tasks) for benchmark in benchmarks()}
    assert counts == {"mle-bench": 75, "mle-dojo": 202, "dsbench": 74}
    for benchmark in benchmarks():
        assert benchmark.source.startswith("https://github.com/")
        assert len(benchmark.revision) == 40
        assert list(benchmark.tasks) == sorted(set(benchmark.tasks))


@pytest.mark.parametrize(
    ("slug", "dataset", "expected"),
    [
        ("titanic-survived", "seaborn-titanic", "mle-dojo:titanic"),
        ("passengers-transported", "spaceship-titanic", "mle-dojo:spaceship-titanic"),
        ("bikeshare-hourly-count", "rentals", "dsbench:bike-sharing-demand"),
        ("taxi-trip-duration", "nyc-open-data", "mle-dojo:nyc-taxi-trip-duration"),
        ("cover-type", "forest", "mle-dojo:forest-cover-type-kernels-only"),
    ],
)
def test_a_name_with_every_telling_word_is_flagged(slug: str, dataset: str, expected: str):
    assert expected in _named(slug, dataset)


@pytest.mark.parametrize(
    ("slug", "dataset"),
    [
        ("taxis-tip", "seaborn-taxis"),
        ("store-sales", "store-data"),
        ("leaf-shape", "leaves"),
        ("price", "house-prices-of-a-town"),
        ("cancer-stage", "breast-cancer"),
        ("sentiment", "movie-reviews-tutorial"),
        ("demand-forecasting", "tabular-playground"),
    ],
)
def test_a_name_that_shares_a_word_is_not(slug: str, dataset: str):
    assert _named(slug, dataset) == ()


def test_the_address_of_the_data_tells():
    page = "https://www.kaggle.com/competitions/leaf-classification"
    assert "mle-bench:leaf-classification" in _named("margins", uri=page)
    assert "mle-bench:leaf-classification" in _named("margins", url=page + "/data?x=1")
    assert _named("margins", uri=page + "-of-mine") == ()
    assert _named("margins", uri="https://example.org/leaf-classification") == ()


def test_names_without_a_telling_word_are_told_by_address_only():
    assert telling_words("tabular-playground-series-aug-2021") == ()
    assert telling_words("playground-series-s3e10") == ()
    assert telling_words("spaceship-titanic") == ("spaceship", "titanic")
