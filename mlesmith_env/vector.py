"""Many episodes of a task at once, one thread each.

Programs run in processes of their own, so threads wait and the interpreter lock does not matter;
text passes between threads as it is, where `AsyncVectorEnv` would need shared memory for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array, iterate
from numpy.typing import NDArray

from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import InvalidSettingError, ResetNeededError

if TYPE_CHECKING:
    import os

    from mlesmith_env.task import Task

_Result = TypeVar("_Result")
Batch = dict[str, Any]


class TaskVectorEnv(VectorEnv[Batch, Any, NDArray[Any]]):
    """Plays `num_envs` episodes of one task side by side; what `gymnasium.make_vec` gives.

    Seeds, batching, infos and autoreset follow `gymnasium.vector.SyncVectorEnv`.

    Args:
        task: The task, or its slug, id or package folder.
        num_envs: Number of environments.
        autoreset_mode: `NextStep` (default), `SameStep` or `Disabled`, or the enum's member. When
            disabled, `reset(options={"reset_mask": mask})` begins new episodes where the boolean
            mask is true.
        max_episode_steps: Refused: `max_steps` ends episodes with a settlement.
        **keywords: Those of `TaskEnv`.

    Raises:
        InvalidSettingError: A keyword has a value outside its domain.
    """

    def __init__(
        self,
        task: Task | str | os.PathLike[str],
        num_envs: int = 1,
        *,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        **keywords: Any,
    ) -> None:
        """Make the environments; nothing is prepared or started before `reset`."""
        super().__init__()
        # Until all is made there is nothing that the base class may close.
        self.closed = True
        if num_envs < 1:
            raise InvalidSettingError(f"num_envs={num_envs} must be at least 1")
        if max_episode_steps is not None:
            raise InvalidSettingError(
                f"max_episode_steps={max_episode_steps} would cut episodes without settlement; "
                f"use max_steps={max_episode_steps}"
            )
        self.num_envs = num_envs
        self.autoreset_mode = _autoreset_mode(autoreset_mode)
        first = TaskEnv(task, **keywords)
        # One task object for all: its data are prepared and its answers are read once.
        self.envs = [first, *(TaskEnv(first.task, **keywords) for _ in range(num_envs - 1))]
        self.metadata = {**first.metadata, "autoreset_mode": self.autoreset_mode}
        self.render_mode = first.render_mode
        self.single_action_space = first.action_space
        self.single_observation_space = first.observation_space
        self.action_space = batch_space(first.action_space, num_envs)
        self.observation_space = batch_space(first.observation_space, num_envs)
        self._pool = ThreadPoolExecutor(num_envs, thread_name_prefix="mlesmith-env")
        self._observations: list[dict[str, Any] | None] = [None] * num_envs
        self._done = np.zeros(num_envs, dtype=np.bool_)
        self.closed = False

    @property
    def np_random_seed(self) -> tuple[int | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The seeds of the environments."""
        return tuple(env.np_random_seed for env in self.envs)

    @property
    def np_random(self) -> tuple[np.random.Generator, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The random number generators of the environments."""
        return tuple(env.np_random for env in self.envs)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Batch, dict[str, Any]]:
        """Begin new episodes, all at the same time.

        Args:
            seed: A number, of which environment i gets `seed + i`, or one entry each.
            options: `reset_mask`, a boolean array of shape (num_envs,), names the environments to
                reset; the others go on.

        Returns:
            Batched observations and infos; infos are those of the environments that were reset.

        Raises:
            InvalidSettingError: Seeds or mask have the wrong shape.
        """
        seeds = self._seeds(seed)
        mask, options = self._mask(options)
        chosen = [index for index in range(self.num_envs) if mask[index]]
        results = self._together(
            [
                lambda env=self.envs[index], seed=seeds[index]: env.reset(
                    seed=seed, options=options
                )
                for index in chosen
            ]
        )
        infos: dict[str, Any] = {}
        for index, (observation, info) in zip(chosen, results, strict=True):
            self._observations[index] = observation
            self._done[index] = False
            infos = self._add_info(infos, info, index)
        return self._batched(), infos

    def step(
        self, actions: Mapping[str, Any] | Sequence[Mapping[str, str]]
    ) -> tuple[Batch, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Take a step in every environment, all at the same time.

        Args:
            actions: One of the batched action space (`kind` and `content`, a tuple each), or
                simply a sequence of actions.

        Returns:
            Observations, rewards (float), terminations and truncations (bool), each of shape
            (num_envs,), and infos.

        Raises:
            InvalidSettingError: There is not one action for each environment.
            ResetNeededError: An episode has ended and autoreset is disabled.
        """
        single = self._single_actions(actions)
        if self.autoreset_mode is AutoresetMode.DISABLED and self._done.any():
            raise ResetNeededError(
                f"the episodes of environments {np.flatnonzero(self._done).tolist()} have ended: "
                'call reset(options={"reset_mask": mask}) first'
            )
        results = self._together(
            [
                lambda index=index, action=action: self._step_one(index, action)
                for index, action in enumerate(single)
            ]
        )
        rewards = np.zeros(self.num_envs, dtype=np.float64)
        terminations = np.zeros(self.num_envs, dtype=np.bool_)
        truncations = np.zeros(self.num_envs, dtype=np.bool_)
        infos: dict[str, Any] = {}
        for index, (observation, reward, terminated, truncated, info, final) in enumerate(results):
            self._observations[index] = observation
            rewards[index] = reward
            terminations[index] = terminated
            truncations[index] = truncated
            infos = self._add_info(self._add_info(infos, final, index), info, index)
        self._done = terminations | truncations
        return self._batched(), rewards, terminations, truncations, infos

    def render(self) -> tuple[Any, ...]:
        """Return the rendered last step of every environment."""
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **_: Any) -> None:
        """Close every environment."""
        try:
            self._together([env.close for env in self.envs])
        finally:
            self._pool.shutdown()

    def _step_one(
        self, index: int, action: Mapping[str, str]
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any], dict[str, Any]]:
        env = self.envs[index]
        if self.autoreset_mode is AutoresetMode.NEXT_STEP and self._done[index]:
            observation, info = env.reset()
            return observation, 0.0, False, False, info, {}
        observation, reward, terminated, truncated, info = env.step(action)
        final: dict[str, Any] = {}
        if self.autoreset_mode is AutoresetMode.SAME_STEP and (terminated or truncated):
            final = {"final_obs": observation, "final_info": info}
            observation, info = env.reset()
        return observation, reward, terminated, truncated, info, final

    def _together(self, calls: Sequence[Callable[[], _Result]]) -> list[_Result]:
        """Make calls in threads; when all have ended, return results or raise the first error."""
        futures = [self._pool.submit(call) for call in calls]
        errors = [future.exception() for future in futures]
        for error in errors:
            if error is not None:
                raise error
        return [future.result() for future in futures]

    def _batched(self) -> Batch:
        space = self.single_observation_space
        if any(observation is None for observation in self._observations):
            raise ResetNeededError("the first reset must begin an episode in every environment")
        empty = create_empty_array(space, n=self.num_envs)
        return cast("Batch", concatenate(space, self._observations, cast("Any", empty)))

    def _single_actions(
        self, actions: Mapping[str, Any] | Sequence[Mapping[str, str]]
    ) -> list[Mapping[str, str]]:
        if isinstance(actions, Mapping):
            single = list(iterate(self.action_space, cast("Any", actions)))
        else:
            single = list(actions)
        if len(single) != self.num_envs:
            raise InvalidSettingError(
                f"there are {len(single)} actions for {self.num_envs} environments; give one each"
            )
        return single

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            return [int(seed) + index for index in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise InvalidSettingError(
                f"there are {len(seed)} seeds for {self.num_envs} environments; give one each"
            )
        return list(seed)

    def _mask(
        self, options: dict[str, Any] | None
    ) -> tuple[NDArray[np.bool_], dict[str, Any] | None]:
        if options is None or "reset_mask" not in options:
            return np.ones(self.num_envs, dtype=np.bool_), options
        mask = options["reset_mask"]
        shaped = isinstance(mask, np.ndarray) and mask.shape == (self.num_envs,)
        if not shaped or mask.dtype != np.bool_ or not mask.any():
            raise InvalidSettingError(
                f"options['reset_mask'] must be a boolean array of shape ({self.num_envs},) with "
                f"at least one True; got {mask!r}"
            )
        return mask, {key: value for key, value in options.items() if key != "reset_mask"}


def _autoreset_mode(mode: str | AutoresetMode) -> AutoresetMode:
    if isinstance(mode, AutoresetMode):
        return mode
    for member in AutoresetMode:
        if mode in (member.value, member.name, member.name.lower()):
            return member
    raise InvalidSettingError(
        f"autoreset_mode={mode!r} is none of {', '.join(member.value for member in AutoresetMode)}"
    )
