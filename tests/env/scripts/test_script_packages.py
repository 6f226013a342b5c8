from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import made_scripts
import pytest

from mlesmith_env import registry
from mlesmith_env.errors import ManifestError, MetricError, TamperedTaskError
from mlesmith_env.manifest import Manifest, ScriptMetric
from mlesmith_env.metrics import get_metric
from mlesmith_env.package import read_package, seal
from mlesmith_env.task import Task

MARK = "raise SystemExit('a script was run')\n"


def test_reading_a_package_and_indexing_a_registry_run_no_script(root: Path) -> None:
    folder = made_scripts.write_task(root)
    package = read_package(folder)
    noisy = {name: MARK + text for name, text in package.scripts.items()}
    manifest = seal(package.manifest, package.description, noisy)
    made_scripts.write_package(
        folder,
        {
            "task.yaml": made_scripts.dump_manifest(manifest),
            "description.md": package.description,
            **noisy,
        },
    )
    assert Task.load(folder).scripts["metric.py"].startswith(MARK)
    entry = registry.rebuild_index(root)[0]
    assert entry.fields["metric"] == "weighted_cost"


@pytest.mark.parametrize("name", ["prepare.py", "metric.py"])
def test_a_changed_script_is_refused_by_name(root: Path, name: str) -> None:
    folder = made_scripts.write_task(root)
    path = folder / name
    path.write_text(path.read_text() + "# harmless\n")
    with pytest.raises(TamperedTaskError, match=name.replace(".", r"\.")):
        read_package(folder)


@pytest.mark.parametrize("name", ["prepare.py", "metric.py"])
def test_a_declared_script_that_is_missing_is_refused_by_name(root: Path, name: str) -> None:
    folder = made_scripts.write_task(root)
    (folder / name).unlink()
    with pytest.raises(TamperedTaskError, match=name.replace(".", r"\.")):
        read_package(folder)


def test_a_declared_script_is_needed_for_sealing(root: Path) -> None:
    manifest = read_package(made_scripts.write_task(root)).manifest
    with pytest.raises(ManifestError, match=r"has no prepare\.py"):
        seal(manifest, "text", {"metric.py": made_scripts.METRIC})


def test_the_manifest_of_a_script_task_survives_the_way_through_yaml_and_json(root: Path) -> None:
    manifest = read_package(made_scripts.write_task(root)).manifest
    again = Manifest.model_validate(json.loads(json.dumps(manifest.model_dump(mode="json"))))
    assert again == manifest
    assert again.scripts == ("prepare.py", "metric.py")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"perfect": 1.0}, "perfect"),
        ({"range": (None, None)}, "perfect"),
        ({"direction": "maximize"}, "perfect"),
        ({"range": (0.0, 0.0)}, "empty"),
        ({"kinds": ()}, "kinds"),
        ({"name": "Not A Name"}, "name"),
        ({"timeout_s": 1e9}, "timeout_s"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(changes: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ScriptMetric.model_validate({**made_scripts.DECLARED.model_dump(), **changes})


def test_a_declared_metric_has_direction_range_and_kinds_but_no_arithmetic() -> None:
    metric = get_metric(made_scripts.DECLARED)
    assert (metric.direction, metric.perfect, metric.kinds) == ("minimize", 0.0, ("number",))
    assert metric.better(1.0, 2.0)
    with pytest.raises(MetricError, match="grader"):
        metric([1.0, 2.0], [1.0, 2.0])


def test_a_script_may_not_take_the_name_of_a_metric_of_the_catalogue() -> None:
    with pytest.raises(MetricError, match="catalogue"):
        get_metric(made_scripts.DECLARED.model_copy(update={"name": "rmse"}))


def test_one_script_alone_is_enough(make_task: Callable[..., Task]) -> None:
    only_metric = make_task(prepare=None, slug="rope-load-table")
    assert only_metric.manifest.scripts == ("metric.py",)
    only_prepare = make_task(metric=None, slug="rope-load-rmse")
    assert only_prepare.manifest.scripts == ("prepare.py",)
    for task in (only_metric, only_prepare):
        perfect = task.grader.perfect_submission()
        assert task.grade(perfect).score == 0.0
