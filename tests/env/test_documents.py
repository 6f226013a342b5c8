"""A registry from a stranger: whatever its files are, reading them ends, with a typed error."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from packages import write_task

from mlesmith_env import registry
from mlesmith_env.documents import parse_yaml, read_document
from mlesmith_env.errors import ManifestError, MlesmithError, ReadError
from mlesmith_env.leaderboard import read_leaderboard
from mlesmith_env.sources import load_source


@pytest.mark.parametrize(
    "text",
    [
        "a: 2001-99-99",
        "a: !!int abc",
        "a: !!float zz",
        "a: !!timestamp zz",
        "a: " + "9" * 5000,
        "a: !!python/object/apply:os.system [id]",
        "a: !!python/name:os.system",
        "[" * 5000 + "]" * 5000,
        "? [1, 2]\n: 3",
        "\0",
    ],
)
def test_strange_yaml_is_a_manifest_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="not YAML"):
        parse_yaml(text, tmp_path / "task.yaml")


def test_a_bomb_of_aliases_costs_nothing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    path = tmp_path / "source.yaml"
    path.write_text("\n".join([*lines, "files: *a11"]))
    with pytest.raises(ManifestError):
        load_source(path)


@pytest.mark.parametrize("name", ["task.yaml", "description.md", "source"])
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder", "huge"])
def test_special_files_in_a_package_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    package = write_task(tmp_path / "registry")
    source = tmp_path / "registry" / "sources" / "houses.yaml"
    path = source if name == "source" else package / name
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(2**33)
    with pytest.raises(MlesmithError):
        registry.load_task(package)


def test_an_endless_leaderboard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leaderboard.csv").symlink_to("/dev/zero")
    with pytest.raises(ReadError, match="no regular file"):
        read_leaderboard(tmp_path / "leaderboard.csv")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ManifestError, match="no regular file"):
        read_document(tmp_path / "pipe", 10)


@pytest.mark.parametrize("content", ["[" * 200_000, "{}", '{"tasks": [[1], 2, {}]}', "null"])
def test_a_strange_index_is_made_anew(tmp_path: Path, content: str) -> None:
    write_task(tmp_path / "registry")
    (tmp_path / "registry" / "index.json").write_text(content)
    assert [entry.name for entry in registry.read_index(tmp_path / "registry")] == [
        "houses-price-v1"
    ]


def test_an_index_can_not_register_under_another_id(tmp_path: Path) -> None:
    write_task(tmp_path / "registry")
    registry.read_index(tmp_path / "registry")
    path = tmp_path / "registry" / "index.json"
    index = json.loads(path.read_text())
    index["tasks"][0]["id"] = "CartPole-v1"
    path.write_text(json.dumps(index))
    assert [entry.fields["id"] for entry in registry.read_index(tmp_path / "registry")] == [
        "mlesmith/houses-price-v1"
    ]
