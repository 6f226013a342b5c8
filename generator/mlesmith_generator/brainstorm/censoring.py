"""Times to an event, some of them censored: which two columns belong together, and how they read.

Names propose, values decide: a row whose event was not seen is known to have lasted at least so
long, so censored times are longer on the whole. Where a name leaves open which value is the event
(`cens` is written both ways), the longer times are the censored ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import Exclusion

_TIME_STRONG = re.compile(
    r"surv(ival)?_?time|time_?to_?(event|death|relapse|failure|recur)|survival|fu_?time|follow_?up|"
    r"days_?to_?(death|event|relapse)|überlebens|survie|supervivenc|sopravviv|overleving|"
    r"sobreviv|выжив|生存"
)
_SHORT_TIMES = frozenset({"os", "pfs", "dfs", "rfs", "efs", "ttf", "ttp", "ttr", "lifetime"})
_SPELLS = frozenset({"duration", "durat", "dur", "spell", "durée", "duree", "duración", "duracion",
                     "dauer", "durata", "duur", "duração"})  # fmt: skip
_TIME_PLAIN = frozenset({"time", "stop", "tstop", "days", "months", "weeks", "years", "t",
                         "tenure", "zeit", "tiempo", "tempo", "temps", "tijd", "время", "时间",
                         "期间"})  # fmt: skip
_CENSORED = re.compile(r"^(cens|cnsr)|censor|censur|zensier")
_EVENT_STRONG = frozenset({"death", "died", "dead", "deceased", "event", "dth", "fustat", "tod",
                           "gestorben", "verstorben", "décès", "deces", "muerte", "fallecido",
                           "morte", "decesso", "óbito", "obito", "overleden", "смерть",
                           "死亡", "evento", "ereignis"})  # fmt: skip
_EVENT_LIKELY = frozenset({"delta", "relapse", "relapsed", "rel", "recur", "recurrence", "failed",
                           "failure", "churn", "churned", "dropout", "progression"})  # fmt: skip
_EVENT_PLAIN = frozenset({"status", "stat", "state", "outcome", "vital", "alive", "survived",
                          "survive", "estado", "stato", "statut", "状态"})  # fmt: skip
_HAPPENED = frozenset({"1", "1.0", "true", "yes", "y", "dead", "died", "death", "deceased", "event",
                       "relapse", "relapsed", "failed", "failure", "churned",
                       "recurred"})  # fmt: skip
_NOT_YET = frozenset({"0", "0.0", "false", "no", "n", "alive", "living", "censored", "lost",
                      "active", "none"})  # fmt: skip
_TURNED = frozenset({"alive", "survived", "survive"})
"""Names under which a positive value says that the event did not come."""
ENOUGH = 3.0
"""Weight of both names from which values need only not speak against them."""
LIKELY = 2.0
"""Weight from which values may decide."""
CLEAR, FAIR, LEAST = 0.62, 0.55, 0.36
"""How often a censored time is the longer one of two: clearly, fairly, and not against names.
Where rows enter late, many are censored early."""
EVENTS = 40
_DISTINCT = 20
_SAME = 0.98
_OF_TODAY = frozenset({"tenure", "churn", "churned", "attrition", "seniority"})
"""Names of what is so on the day on which a table of customers or employees is drawn up."""


@dataclass(frozen=True)
class FollowUp:
    """A time and an event of the same rows.

    Attributes:
        time: Column of the time until the event, or until the row was last seen.
        event: Column that tells which of the two.
        values: `1` or `0` for each value of that column.
        times: Time of each row, NaN where one of the two is missing; shape (rows,).
        events: 1 where the event was seen, 0 where not yet, NaN as for `times`.
        longer: How often a censored time is the longer one of two.
        weight: How surely the two are a pair: the weights of their names, and what values add.
    """

    time: str
    event: str
    values: Mapping[str, str]
    times: NDArray[np.float64]
    events: NDArray[np.float64]
    longer: float
    weight: float

    @property
    def known(self) -> NDArray[np.bool_]:
        """Rows that have both."""
        return np.isfinite(self.times)

    @property
    def years_later(self) -> bool:
        """Whether both are known only later than all else, not on the day of a stocktaking.

        How long a customer has stayed is known of all of them, and who has left, when the rest is.
        """
        return _OF_TODAY.isdisjoint({*words(self.time), *words(self.event)})

    def residuals(self) -> NDArray[np.float64]:
        """Return events seen less events expected at each row's time; NaN where unknown.

        The expectation is the Nelson-Aalen estimate over all rows, so these are the martingale
        residuals of a model without features: high for early events, low for late censoring.
        """
        left = np.full(len(self.times), np.nan)
        times, events = self.times[self.known], self.events[self.known]
        moments, place = np.unique(times, return_inverse=True)
        at_risk = np.bincount(place)[::-1].cumsum()[::-1]
        steps = np.bincount(place, weights=events, minlength=len(moments)) / at_risk
        left[self.known] = events - steps.cumsum()[place]
        return left

    def aspects(self) -> tuple[Target, Target]:
        """Return time and event as targets of their own, for the rules on leaks."""
        time = Target(self.time, self.time, "regression", (), self.times, (), False, "as is")
        event = Target(
            self.event, self.event, "binary", (), self.events, ("0", "1"), False, "as is"
        )
        return time, event


def follow_ups(table: TypedTable) -> tuple[FollowUp, ...]:
    """Return the pairs of time and event of a table, the surest first, no column in two of them.

    After the first, a time has to be called like one of its own.
    """
    events = [(c, w) for c in table.columns if (w := _event_weight(c)) > 0]
    found: list[FollowUp] = []
    for event, weight in events:
        for column in table.columns:
            own = _time_weight(column, event)
            if own and own + weight >= LIKELY and column.name != event.name:
                made = _paired(column, event, own, weight)
                if made is not None:
                    found.append(made)
    found.sort(key=lambda pair: -pair.weight)
    taken: set[str] = set()
    chosen: list[FollowUp] = []
    for pair in found:
        plain = _time_weight(table[pair.time], table[pair.event]) <= 1.0
        if not {pair.time, pair.event} & taken and not (chosen and plain):
            chosen.append(pair)
            taken |= {pair.time, pair.event}
    return tuple(chosen)


def afterwards(pair: FollowUp, table: TypedTable) -> tuple[Exclusion, ...]:
    """Return the columns that are known only once the rows have been followed.

    These are other times and events, and a column that tells how long a censored row was watched.
    """
    found: list[Exclusion] = []
    censored = pair.known & (pair.events == 0)
    for column in table.columns:
        if column.name in (pair.time, pair.event):
            continue
        if _event_weight(column) >= 1.5 or (
            _event_weight(column) and column.profile.distinct <= 3 and _known_late(column)
        ):
            found.append(Exclusion(column=column.name, reason="it tells how the follow-up ended"))
        elif _time_weight(column) >= 1.5:
            found.append(Exclusion(column=column.name, reason="it is a time of the same follow-up"))
        elif column.profile.type == "number" and censored.sum() >= 20:
            same = column.numeric()[censored] == pair.times[censored]
            if same.mean() > 0.6:
                reason = "it tells how long a row without the event was watched"
                found.append(Exclusion(column=column.name, reason=reason))
    return tuple(found)


def is_form_of(pair: FollowUp, values: NDArray[np.float64]) -> bool:
    """Return whether numbers rank the rows as the time of a follow-up does, up or down."""
    both = pair.known & np.isfinite(values)
    if both.sum() < EVENTS:
        return False
    return abs(spearman(pair.times[both], values[both])) > _SAME


def _known_late(column: TypedColumn) -> bool:
    return bool(set(words(column.name)) & {"status", "stat", "vital", "alive", "survived"})


def _time_weight(column: TypedColumn, event: TypedColumn | None = None) -> float:
    profile = column.profile
    low = profile.minimum
    if profile.type != "number" or low is None or low < 0 or profile.distinct < _DISTINCT:
        return 0.0
    parts = words(column.name)
    joined, whole = "_".join(parts), "".join(parts)
    if _TIME_STRONG.search(joined) or whole in _SHORT_TIMES:
        return 2.0
    if set(parts) & _SPELLS or re.fullmatch(r"[a-z]{1,2}time", whole):
        return 1.5
    if event is not None:
        name = "".join(words(event.name))
        if len(name) >= 3 and name in whole and name != whole:
            return 1.5
    return 1.0 if whole in _TIME_PLAIN else 0.0


def _event_weight(column: TypedColumn) -> float:
    profile = column.profile
    if profile.distinct not in (2, 3) or profile.missing > 0.3:
        return 0.0
    parts = set(words(column.name))
    whole = "".join(words(column.name))
    if profile.distinct == 3:
        coded = {value.strip() for value in column.values} <= set("01234")
        return 1.0 if coded and parts & (_EVENT_PLAIN | {"event"}) else 0.0
    if parts & _EVENT_STRONG or _CENSORED.search(whole):
        return 2.0
    if parts & _EVENT_LIKELY:
        return 1.5
    return 1.0 if parts & _EVENT_PLAIN else 0.0


def _paired(time: TypedColumn, event: TypedColumn, own: float, weight: float) -> FollowUp | None:
    times = np.where(event.codes >= 0, time.numeric(), np.nan)
    known = np.isfinite(times)
    if known.mean() < 0.6:
        return None
    happened = _coding(event, times, known)
    if happened is None:
        return None
    events = np.where(known, (event.codes == happened).astype(np.float64), np.nan)
    seen, censored = times[known & (events == 1)], times[known & (events == 0)]
    if len(seen) < EVENTS or len(censored) < max(5, 0.02 * known.sum()):
        return None
    longer = longer_share(censored, seen)
    spoken = own + weight
    told = own > 1.0 and spoken >= ENOUGH and longer >= LEAST
    if not told and not longer >= (FAIR if spoken >= ENOUGH else CLEAR):
        return None
    shared = words(time.name)[0][0] == words(event.name)[0][0] and own == 1.5
    values = {
        value: "1" if code == happened else "0"
        for code, value in enumerate(event.values)
        if (event.codes == code).any()
    }
    total = spoken + 0.5 * shared + max(0.0, longer - 0.5)
    return FollowUp(time.name, event.name, values, times, events, longer, total)


def _coding(event: TypedColumn, times: NDArray[np.float64], known: NDArray[np.bool_]) -> int | None:
    """Return the code of the value that says that the event was seen, or None where unclear."""
    codes = [code for code in range(len(event.values)) if (known & (event.codes == code)).any()]
    if len(codes) < 2:
        return None
    parts, whole = set(words(event.name)), "".join(words(event.name))
    said = [event.values[code].strip().casefold() for code in codes]
    happened = [code for code, value in zip(codes, said, strict=True) if value in _HAPPENED]
    waiting = [code for code, value in zip(codes, said, strict=True) if value in _NOT_YET]
    named = parts & (_EVENT_STRONG | _EVENT_LIKELY) and not _CENSORED.search(whole)
    spelled = all(not re.fullmatch(r"-?[\d.]+", value) for value in said)
    if len(codes) == 2 and len(happened) == len(waiting) == 1 and (named or spelled):
        return waiting[0] if parts & _TURNED and not spelled else happened[0]
    median = {code: float(np.median(times[known & (event.codes == code)])) for code in codes}
    last = max(codes, key=lambda code: median[code])
    others = [code for code in codes if code != last]
    size = {code: int((known & (event.codes == code)).sum()) for code in others}
    first = max(others, key=lambda code: size[code])
    apart = longer_share(
        times[known & (event.codes == last)], times[known & (event.codes == first)]
    )
    return first if apart >= FAIR + 0.03 else None


def longer_share(censored: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    """Return P(a censored time > a time of an event), ties counting half."""
    ordered = np.sort(seen)
    below = np.searchsorted(ordered, censored, "left")
    upto = np.searchsorted(ordered, censored, "right")
    return float((below + upto).mean() / 2 / len(ordered))
