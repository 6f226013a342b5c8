"""`quality.json`: read with suspicion, shown in the table of tasks, usable as filters."""

import json
import math
from pathlib import Path

import pytest

import mlesmith_env
from mlesmith_env import registry
from mlesmith_env.errors import ManifestError, RegistryError, TamperedTaskError, UnknownTaskError
from mlesmith_env.package import parse_manifest
from mlesmith_env.quality import QUALITY, Quality, dump_quality, level_of, read_quality
from tests.env.packages import write_task


def _measured(folder: Path, **fields: object) -> Path:
    path = folder / "task.yaml"
    digest = parse_manifest(path.read_text(), origin=path).digest
    (folder / QUALITY).write_text(dump_quality(Quality(digest=digest, **fields)))
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "registry"
    _measured(
        write_task(root, slug="houses-easy"),
        headroom=40.5,
        discrimination=0.5,
        difficulty=0.2,
        seconds=12.5,
    )
    _measured(
        write_task(root, slug="houses-hard"),
        headroom=4.0,
        difficulty=0.9,
        seconds=3.0,
        contaminated_by=("mle-bench:house-prices", "dojo:homes"),
    )
    write_task(root, slug="houses-unmeasured")
    monkeypatch.setenv("MLESMITH_REGISTRY", str(root))
    return root


def _ids(**filters: object) -> list[str]:
    frame = mlesmith_env.tasks(dataset="houses", **filters)
    return [slug.removeprefix("houses-") for slug in frame["slug"]]


def test_what_was_measured_stands_in_the_table(root: Path):
    frame = mlesmith_env.tasks(dataset="houses").set_index("slug")
    assert frame.loc["houses-easy", "headroom"] == 40.5
    assert list(frame["level"]) == ["easy", "hard", ""]
    assert math.isnan(frame.loc["houses-unmeasured", "headroom"])
    assert math.isnan(frame.loc["houses-hard", "discrimination"])
    assert frame.loc["houses-hard", "contaminated_by"] == "mle-bench:house-prices, dojo:homes"


def test_filters_take_bounds_and_levels(root: Path):
    assert _ids(min_headroom=5) == ["easy"]
    assert _ids(max_headroom=5) == ["hard"]
    assert _ids(min_rows=1) == ["easy", "hard", "unmeasured"]
    assert _ids(difficulty="hard") == ["hard"]
    assert _ids(difficulty=["easy", "hard"], max_seconds=5) == ["hard"]
    assert _ids(difficulty=0.2) == ["easy"]
    assert _ids(contaminated_by="") == ["easy", "unmeasured"]


@pytest.mark.parametrize("filters", [{"min_title": 3}, {"min_headroom": "much"}])
def test_a_bound_needs_numbers(root: Path, filters: dict[str, object]):
    with pytest.raises(UnknownTaskError, match="only a column of numbers"):
        mlesmith_env.tasks(**filters)


def test_a_bound_on_no_column_gets_the_columns(root: Path):
    with pytest.raises(UnknownTaskError, match="it has id, slug"):
        mlesmith_env.tasks(min_headrom=3)


def test_the_index_is_json_without_nan(root: Path):
    registry.rebuild_index(root)
    tasks = json.loads((root / "index.json").read_text(), parse_constant=pytest.fail)["tasks"]
    assert [task["headroom"] for task in tasks] == [40.5, 4.0, None]


def test_a_quality_of_another_state_of_the_task_is_refused(root: Path):
    folder = root / "tabular" / "houses-easy-v1"
    with pytest.raises(TamperedTaskError, match="--update-quality"):
        read_quality(folder, "1" * 64)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"digest": "x"}', '{"headroom": NaN}', '{"strange": 1}']
)
def test_a_damaged_quality_names_the_file(root: Path, content: str):
    folder = root / "tabular" / "houses-easy-v1"
    (folder / QUALITY).write_text(content)
    with pytest.raises(ManifestError, match=r"quality\.json"):
        read_quality(folder, "1" * 64)
    with pytest.raises(RegistryError, match=r"quality\.json"):
        registry.rebuild_index(root)


def test_a_task_is_whole_without_it_and_loads_with_it(root: Path):
    assert mlesmith_env.load_task("houses-unmeasured").manifest.slug == "houses-unmeasured"
    assert mlesmith_env.load_task("houses-easy").manifest.slug == "houses-easy"


def test_levels_are_thirds():
    assert [level_of(value) for value in (0.0, 0.33, 0.34, 0.66, 0.67, 1.0, None)] == [
        "easy",
        "easy",
        "medium",
        "medium",
        "hard",
        "hard",
        "",
    ]
