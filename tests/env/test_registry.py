"""Registries: several roots, indexes that mend themselves, names that resolve, ids in Gymnasium."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gymnasium as gym
import pytest

import mlesmith_env
from mlesmith_env import registration, registry
from mlesmith_env.errors import (
    DuplicateTaskError,
    ManifestError,
    RegistryError,
    TamperedTaskError,
    UnknownTaskError,
)
from tests.env.packages import write_task


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "registry"
    write_task(root)
    write_task(root, slug="houses-sold", target="sold", metric="roc_auc", floor=0.5, ceiling=0.9)
    monkeypatch.setenv("MLESMITH_REGISTRY", str(root))
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    return root


def _python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_tasks_is_a_table_that_filters(root: Path):
    frame = mlesmith_env.tasks(dataset="houses")
    assert list(frame["id"]) == ["mlesmith/houses-price-v1", "mlesmith/houses-sold-v1"]
    assert list(frame["objective"]) == ["regression", "binary"]
    assert frame["available"].all()
    assert len(mlesmith_env.tasks(metric=["rmse", "mae"], dataset="houses")) == 1
    assert mlesmith_env.tasks(objective="none of that").empty
    with pytest.raises(UnknownTaskError, match="did you mean 'objective'"):
        mlesmith_env.tasks(objectve="binary")


def test_tasks_filter_by_licence_however_it_is_spelt(root: Path):
    frame = mlesmith_env.tasks(dataset="houses", licence="CC0: Public Domain")
    assert set(frame["licence"]) == {"CC0-1.0"}
    assert len(mlesmith_env.tasks(dataset="houses", licence=["mit", "cc0"])) == len(frame)
    assert mlesmith_env.tasks(dataset="houses", licence="MIT").empty


def test_tasks_tells_when_the_bytes_are_missing(root: Path):
    shutil.rmtree(root.parent / "raw")
    assert not mlesmith_env.tasks(dataset="houses")["available"].any()


@pytest.mark.parametrize(
    "name", ["houses-price", "houses-price-v1", "mlesmith/houses-price-v1", "mlesmith/houses-price"]
)
def test_a_task_is_found_by_every_spelling(root: Path, name: str):
    assert mlesmith_env.load_task(name).id == "mlesmith/houses-price-v1"


def test_a_task_is_found_by_its_folder(root: Path):
    folder = root / "tabular" / "houses-price-v1"
    assert mlesmith_env.load_task(folder).id == "mlesmith/houses-price-v1"


def test_an_unknown_task_gets_a_suggestion(root: Path):
    with pytest.raises(UnknownTaskError, match="did you mean 'houses-price'"):
        mlesmith_env.load_task("house-price")


def test_without_a_version_the_newest_is_taken(root: Path):
    write_task(root, version=2)
    write_task(root, version=10)
    assert mlesmith_env.load_task("houses-price").manifest.version == 10


def test_the_same_id_in_two_roots_is_an_error(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = tmp_path / "other"
    shutil.copytree(root, other)
    monkeypatch.setenv("MLESMITH_REGISTRY", f"{root}{os.pathsep}{other}")
    with pytest.raises(DuplicateTaskError, match="houses-price-v1"):
        registry.entries()


def test_records_of_tasks_that_a_filter_leaves_out_are_not_read(root: Path):
    registry.read_index(root)
    (root / "sources" / "houses.yaml").write_text("no record")
    assert not mlesmith_env.tasks(available=True, dataset="wine").empty
    with pytest.raises(ManifestError):
        mlesmith_env.tasks()


def test_the_same_root_named_twice_is_one(root: Path, monkeypatch):
    monkeypatch.setenv("MLESMITH_REGISTRY", f"{root}{os.pathsep}{root}")
    assert "mlesmith/houses-price-v1" in registry.entries()


def test_a_missing_root_says_how_to_mend_it(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MLESMITH_REGISTRY", str(tmp_path / "nowhere"))
    with pytest.raises(RegistryError, match="MLESMITH_REGISTRY"):
        registry.entries()


@pytest.mark.parametrize("damage", ["", "{", '{"tasks": 3}', '{"tasks": [{"id": "x"}]}'])
def test_a_damaged_index_is_made_again(root: Path, damage: str):
    registry.read_index(root)
    (root / "index.json").write_text(damage)
    assert len(registry.read_index(root)) == 2
    assert len(json.loads((root / "index.json").read_text())["tasks"]) == 2


def test_an_index_follows_added_and_removed_packages(root: Path):
    assert len(registry.read_index(root)) == 2
    write_task(root, slug="houses-price-again")
    assert len(registry.read_index(root)) == 3
    shutil.rmtree(root / "tabular" / "houses-price-again-v1")
    assert len(registry.read_index(root)) == 2


def test_a_registry_that_can_not_be_written_still_works(root: Path):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shared = Path(folder) / "registry"
        shutil.copytree(root, shared)
        (shared / "index.json").unlink(missing_ok=True)
        shared.chmod(0o555)
        code = (
            "import os\n"
            "from pathlib import Path\n"
            "from mlesmith_env import package, registry, sources\n"
            "if os.getuid() == 0: os.setuid(65534)\n"
            f"print(len(registry.read_index(Path({str(shared)!r}))))\n"
        )
        said = _python(code)
        present = sorted(path.name for path in shared.iterdir())
        shared.chmod(0o755)
    assert said.strip() == "2"
    assert present == ["sources", "tabular"]


def test_reading_an_index_loads_nothing_heavy(root: Path):
    registry.read_index(root)
    code = (
        "import sys, mlesmith_env\n"
        "heavy = {'pandas', 'sklearn', 'pydantic', 'yaml', 'openai', 'docker', 'scipy', 'typer'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert _python(code, MLESMITH_REGISTRY=str(root)).strip() == "[]"


def test_ids_exist_after_import_and_through_the_module_prefix(root: Path):
    code = (
        "import gymnasium as gym\n"
        "env = gym.make('mlesmith_env:mlesmith/houses-price-v1', sandbox='subprocess')\n"
        "print(env.spec.id, env.unwrapped.task.id)\n"
    )
    said = _python(code, MLESMITH_REGISTRY=str(root))
    assert "mlesmith/houses-price-v1 mlesmith/houses-price-v1" in said


def test_an_unversioned_id_gets_gymnasiums_notice(root: Path):
    code = (
        "import gymnasium as gym, mlesmith_env\n"
        "env = gym.make('mlesmith/houses-price', sandbox='subprocess')\n"
        "print(env.spec.id)\n"
    )
    said = _python(code, MLESMITH_REGISTRY=str(root))
    assert "houses-price-v1" in said
    assert "latest versioned environment" in said


def test_register_tasks_adds_a_root_in_this_process(tmp_path: Path):
    root = tmp_path / "added"
    write_task(root, slug="added-houses-price")
    try:
        assert mlesmith_env.register_tasks(root) == ["mlesmith/added-houses-price-v1"]
        assert mlesmith_env.register_tasks(root) == ["mlesmith/added-houses-price-v1"]
        assert mlesmith_env.load_task("added-houses-price").directory.is_relative_to(root)
        spec = gym.spec("mlesmith/added-houses-price-v1")
        assert spec.nondeterministic
        assert spec.max_episode_steps is None
    finally:
        registry._added.clear()
        gym.registry.pop("mlesmith/added-houses-price-v1")


def test_default_roots_can_be_registered_again_beside_an_added_one(tmp_path: Path):
    root = tmp_path / "added"
    write_task(root, slug="again-houses-price")
    try:
        mlesmith_env.register_tasks(root)
        registration.register_default_roots()
        assert gym.spec("mlesmith/again-houses-price-v1").kwargs["task"].startswith(str(root))
    finally:
        registry._added.clear()
        gym.registry.pop("mlesmith/again-houses-price-v1")


def test_register_tasks_refuses_an_id_that_is_taken(tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    write_task(first, slug="twice-houses-price")
    write_task(second, slug="twice-houses-price")
    try:
        mlesmith_env.register_tasks(first)
        with pytest.raises(DuplicateTaskError, match="twice-houses-price-v1"):
            mlesmith_env.register_tasks(second)
        # What was refused stands in nobody's way.
        assert mlesmith_env.load_task("twice-houses-price").directory.is_relative_to(first)
    finally:
        registry._added.clear()
        gym.registry.pop("mlesmith/twice-houses-price-v1")


def test_register_tasks_names_the_package_that_is_broken(tmp_path: Path):
    root = tmp_path / "broken"
    folder = write_task(root)
    (folder / "description.md").write_text("another page")
    with pytest.raises(RegistryError, match=r"description\.md"):
        mlesmith_env.register_tasks(root)


def test_a_task_tampered_with_after_indexing_is_refused_on_load(root: Path):
    registry.read_index(root)
    path = root / "tabular" / "houses-price-v1" / "task.yaml"
    path.write_text(path.read_text().replace("floor: 100.0", "floor: 999.0"))
    with pytest.raises(TamperedTaskError, match=r"task\.yaml"):
        mlesmith_env.load_task("houses-price")


def test_a_strangers_registry_runs_nothing_on_load(tmp_path: Path):
    root = tmp_path / "registry"
    folder = write_task(root)
    mark = tmp_path / "ran"
    bomb = f"!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{mark}]]"
    (folder / "task.yaml").write_text(bomb)
    (root / "sources" / "houses.yaml").write_text(bomb)
    (root / "conftest.py").write_text(f"open({str(mark)!r}, 'w')")
    (root / "__init__.py").write_text(f"open({str(mark)!r}, 'w')")
    with pytest.raises(RegistryError):
        registry.read_index(root)
    assert not mark.exists()
