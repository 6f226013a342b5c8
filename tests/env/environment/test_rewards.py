from __future__ import annotations

import math

import pytest
from hypothesis import given, settings, strategies

from mlesmith_env.errors import InvalidSettingError, UnsupportedTaskError
from mlesmith_env.rewards import Outcome, Scale, get_reward, reward_names

SCALES = strategies.sampled_from(
    [
        Scale(floor=8.0, ceiling=2.0, perfect=0.0, sign=-1),
        Scale(floor=0.5, ceiling=0.9, perfect=1.0, sign=1),
        Scale(floor=-0.1, ceiling=0.7, perfect=1.0, sign=1),
    ]
)
# A step without a valid submission is None.
PROGRESSES = strategies.lists(
    strategies.none() | strategies.floats(-1e9, 1e9, allow_nan=False), max_size=12
)


def play(name: str, public: list[float | None], private: float, scale: Scale) -> list[float]:
    """The rewards of an episode whose submissions have these progresses on public rows."""
    scheme, rewards, best = get_reward(name), [], 0.0
    for progress in public:
        if progress is None:
            rewards.append(scheme.step(Outcome()))
            continue
        clipped = scale.clip(progress)
        outcome = Outcome(clipped, best, max(best, clipped))
        rewards.append(scheme.step(outcome))
        best = outcome.best_after
    rewards.append(scheme.settle(scale.clip(private), best, scale))
    return rewards


@settings(deadline=None)
@given(public=PROGRESSES, private=strategies.floats(-1e9, 1e9), scale=SCALES)
def test_a_settled_episode_of_improvements_returns_its_private_progress(
    public: list[float | None], private: float, scale: Scale
) -> None:
    rewards = play("improvement", public, private, scale)
    assert math.fsum(rewards) == pytest.approx(scale.clip(private), abs=1e-9)
    assert all(reward >= 0 for reward in rewards[:-1])


@settings(deadline=None)
@given(public=PROGRESSES, private=strategies.floats(-1e9, 1e9), scale=SCALES)
def test_improvement_pays_nothing_for_what_is_not_better(
    public: list[float | None], private: float, scale: Scale
) -> None:
    twice = [progress for one in public for progress in (one, one)]
    rewards = play("improvement", twice, private, scale)
    assert all(reward == 0 for reward in rewards[1:-1:2])


@settings(deadline=None)
@given(
    name=strategies.sampled_from(reward_names()),
    public=PROGRESSES,
    private=strategies.floats(allow_nan=True, allow_infinity=True),
    scale=SCALES,
)
def test_every_reward_is_finite_whatever_the_scores(
    name: str, public: list[float | None], private: float, scale: Scale
) -> None:
    assert all(map(math.isfinite, play(name, public, private, scale)))


@settings(deadline=None)
@given(scale=SCALES, low=strategies.floats(-5, 5), high=strategies.floats(-5, 5))
@pytest.mark.parametrize("name", ["improvement", "score", "terminal"])
def test_a_better_private_score_never_returns_less(
    name: str, scale: Scale, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    assert sum(play(name, [], low, scale)) <= sum(play(name, [], high, scale))


@pytest.mark.parametrize("name", ["score", "terminal"])
def test_these_schemes_pay_at_the_settlement_only(name: str) -> None:
    scale = Scale(floor=8.0, ceiling=2.0, perfect=0.0, sign=-1)
    assert play(name, [0.2, None, 0.9], 0.5, scale)[:-1] == [0.0, 0.0, 0.0]


def test_score_is_in_units_of_the_metric_and_negated_where_less_is_better() -> None:
    errors = Scale(floor=8.0, ceiling=2.0, perfect=0.0, sign=-1)
    assert play("score", [], 0.5, errors) == [-5.0]
    assert play("score", [], -3.0, errors) == [-8.0]
    assert play("score", [], math.nan, errors) == [-8.0]
    rates = Scale(floor=0.5, ceiling=0.9, perfect=1.0, sign=1)
    assert play("score", [], 1.0, rates) == [pytest.approx(0.9)]


def test_progress_pays_each_step_for_its_own_submission() -> None:
    scale = Scale(floor=8.0, ceiling=2.0, perfect=0.0, sign=-1)
    rewards = play("progress", [0.5, None, 0.2, -4.0, 99.0], 0.3, scale)
    assert rewards == [0.5, 0.0, 0.2, 0.0, pytest.approx(8 / 6), 0.3]


def test_progress_is_clipped_to_that_of_the_perfect_score() -> None:
    scale = Scale(floor=8.0, ceiling=2.0, perfect=0.0, sign=-1)
    assert scale.highest == pytest.approx(8 / 6)
    assert scale.clip(1e30) == scale.highest
    assert scale.clip(math.inf) == scale.highest
    assert scale.clip(-math.inf) == 0.0
    assert scale.clip(math.nan) == 0.0


def test_anchors_without_a_scale_still_give_finite_rewards() -> None:
    for scale in (Scale(1.0, 1.0, 0.0, -1), Scale(0.0, 1.0, 0.0, -1)):
        assert scale.clip(5.0) == 0.0
        assert all(map(math.isfinite, play("improvement", [3.0], 2.0, scale)))


def test_an_unknown_scheme_is_refused_with_the_closest_name() -> None:
    with pytest.raises(InvalidSettingError, match="did you mean 'improvement'"):
        get_reward("improvment")


@pytest.mark.parametrize("name", ["rank", "milestones"])
def test_planned_schemes_say_that_they_come_later(name: str) -> None:
    with pytest.raises(UnsupportedTaskError, match="not there yet"):
        get_reward(name)
