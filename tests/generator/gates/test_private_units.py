"""Groups that decide the private score: enough of them, and none that is most of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_env.task import Task
from mlesmith_generator.gates.units import scan_private_groups


@pytest.mark.parametrize(
    ("sizes", "codes"),
    [
        ([10, 10, 10, 10], []),
        ([29, 10, 10, 10], []),
        ([45, 10, 10, 10, 10], ["one-private-group"]),
        ([10, 10], ["few-private-groups"]),
    ],
)
def test_one_group_is_not_most_of_the_private_rows(sizes: list[int], codes: list[str]) -> None:
    private = np.repeat(np.arange(len(sizes)), sizes)
    groups = np.concatenate([np.full(500, 99), private])  # A public group may be of any size.

    def mask(part: str) -> NDArray[np.bool_]:
        return (groups != 99) == (part == "private")

    task = SimpleNamespace(grader=SimpleNamespace(mask=mask))
    scan = scan_private_groups(cast("Task", task), groups)
    assert [finding.code for finding in scan.findings] == codes
