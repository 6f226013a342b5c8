"""The rule-based Brainstormer: which tasks a practitioner would make of a dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.coordinates import axes_of
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.judging import LAST, Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import Merit, merits
from mlesmith_generator.brainstorm.naming import is_question, is_survey, siblings
from mlesmith_generator.brainstorm.questions import years_of_works
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import alternatives, primary
from mlesmith_generator.profiler.boxes import box_of
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile

SMALLEST = 100
"""Rows with a target below which a task can not tell good from lucky."""
FEW = 4
"""Ideas up to which targets that nobody would call outcomes are taken in."""
FEW_NAMELESS = 3
"""The same where the columns have no names, and so such targets mean nothing to anybody."""
ENOUGH = 1.3
"""Score from which a target counts as one that a practitioner would choose."""
PROBES = 16
"""How many targets of a table are tried at most."""
_FORMS = 2
"""How many targets that give each other away come before others."""
_LEAD = 2.2
"""Score by which the best target leads where another form of it comes before a fourth target."""
_PLENTY = 5
"""How many different questions of a table are enough."""
_TABLES = 6


def brainstorm(
    profile: DatasetProfile, folder: Path, *, limit: int = 5, seed: int = 0
) -> tuple[tuple[Idea, float], ...]:
    """Return up to `limit` ideas with their scores, which differ in target, objective or holdout.

    The first is the best; a later one may have a higher score where it repeats a question.

    Args:
        profile: What was measured about the dataset.
        folder: Its raw files.
        limit: How many ideas at most.
        seed: Seed of the samples and of the quick models.

    Raises:
        GenerationError: There is no idea; the message says why for every table.
    """
    root = folder if folder.is_dir() else folder.parent
    why: list[str] = list(profile.problems[:3])
    pools: list[list[Scored]] = []
    for table in sorted(profile.tables, key=lambda t: -t.rows * min(len(t.columns), 20))[:_TABLES]:
        reason = _hopeless(table) or _about_files(table, profile)
        if reason:
            why.append(f"{table.name}: {reason}")
            continue
        typed = measure_file(table.reader, root, seed=seed).table
        subject = f"{re.split('__|--', profile.dataset)[-1]} {table.name}"
        scale = table.rows / max(1, typed.rows)
        bench = Bench(profile.dataset, table, typed, scale, seed, subject)
        found, reason = _ideas_of(bench)
        if found:
            pools.append(_in_order(found, limit, table))
        else:
            why.append(f"{table.name}: {reason}")
    pools = [pool for pool in pools if pool[0].score > LAST] or pools
    chosen = _dealt(pools, limit)
    if not chosen:
        raise GenerationError(
            f"no task can be made of {profile.dataset}: {'; '.join(why) or 'it has no table'}"
        )
    return tuple((scored.idea, scored.score) for scored in chosen)


def _hopeless(table: TableProfile) -> str:
    """Return why a table can not become a task, as far as its profile tells."""
    if table.reader.format == "ts":
        return "its rows are whole series"
    if table.rows < SMALLEST:
        return f"{table.rows} rows are too few (at least {SMALLEST})"
    if table.reader.format in ("conll", "utterances"):
        return "its rows are sentences of tagged tokens, which are asked for in another way"
    varied = [column for column in table.columns if column.type != "constant"]
    if not varied:
        return "every column has one value only"
    if len(varied) < 2:
        return f"only {varied[0].name!r} varies, and nothing is left to predict it from"
    if all(column.type in ("identifier", "text", "date") for column in varied):
        return "every column is a key, a date or free text"
    return ""


def _about_files(table: TableProfile, profile: DatasetProfile) -> str:
    """Return why a table that describes parts of pictures is nothing without them."""
    beside = any(
        sidecar.table == table.name and (not sidecar.unique or box_of(table) is not None)
        for collection in profile.collections
        for sidecar in collection.sidecars
    )
    return "it lists what is to be seen in pictures" if beside else ""


def _ideas_of(bench: Bench) -> tuple[list[Scored], str]:
    ranked = merits(bench.profile, bench.table, bench.subject)
    found: list[Scored] = []
    most, tried = max(4, min(PROBES, 2400 // len(bench.table.columns))), 0
    where = {column.name for column in axes_of(bench.table) or ()}
    for merit in ranked:
        if merit.column in where:
            continue  # Where a row lies is known of it, and not to be guessed.
        if tried >= most or (found and merit.senseless):
            break
        made = primary(bench.table[merit.column])
        if made is None or bench.rows_of(made) < SMALLEST:
            continue
        tried += 1
        best = _best_form(bench, made, merit)
        if best is not None:
            found.append(best)
        if _questions(found, bench.profile) >= _PLENTY:
            break
    found = found or _last_resort(bench)
    if not found and not ranked:
        return [], "no column is a number or a category that could be predicted"
    if not found:
        return [], f"none of {tried} possible targets could be learnt from the other columns"
    found.sort(key=lambda scored: -scored.score)
    likely = [scored for scored in found if scored.score >= ENOUGH]
    for first in likely[:3] or found[:1]:
        found += _variants(bench, first, 1 if len(likely) > 2 else 2)
    return found, ""


def _last_resort(bench: Bench) -> list[Scored]:
    """Ask for the year of works, which nobody would where a table has an outcome."""
    found: list[Scored] = []
    for name in years_of_works(bench.table):
        made = primary(bench.table[name])
        if made is not None and bench.rows_of(made) >= SMALLEST:
            best = best_plan(bench, made, Merit(name, 0.0, ()))
            found += [best] if best is not None else []
    return found


def _questions(found: list[Scored], profile: TableProfile) -> int:
    """Return how many likely targets there are, of which siblings in name count as one."""
    asked: list[str] = []
    for scored in found:
        name = scored.made.source
        if scored.score > ENOUGH and scored.clear and not _repeats(name, asked, profile):
            asked.append(name)
    return len(asked)


def _repeats(name: str, earlier: Sequence[str], profile: TableProfile) -> bool:
    """Return whether a column is asked for already, or a sibling where columns have names."""
    if name in earlier:
        return True
    named = profile.reader.header_rows > 0 or profile.reader.format != "delimited"
    return named and not is_question(name) and any(siblings(name, each) for each in earlier)


def _best_form(bench: Bench, made: Target, merit: Merit) -> Scored | None:
    """Judge a target in its natural form; a likely one that fails also in other forms."""
    best = best_plan(bench, made, merit)
    if (best is None or not best.clear) and merit.score >= 0.5:
        for other in alternatives(bench.table[merit.column], made)[:2]:
            again = best_plan(bench, other, merit)
            if again is not None and (best is None or again.clear):
                return again
    return best


def best_plan(bench: Bench, made: Target, merit: Merit) -> Scored | None:
    """Judge a target under its natural holdout, else under a plain one."""
    rows = bench.rows_of(made)
    name, shared = holdouts.owner(made, bench.profile, bench.table)
    if name is not None and shared >= holdouts.SHARED:
        plan = holdouts.by_group(made, name, bench.table, rows)
        if plan is not None:
            whole = judge(bench, made, plan, merit)
            if whole is not None or shared >= holdouts.FIXED:
                return whole
    return judge(bench, made, holdouts.plain(made, rows), merit)


def _variants(bench: Bench, first: Scored, most: int) -> list[Scored]:
    """Other objectives and other honest holdouts for a target that works."""
    found: list[Scored] = []
    column = bench.table[first.made.source]
    if first.made.kind in ("as is", "parsed", "grouped", "contest"):
        for made in alternatives(column, first.made)[:most]:
            plan = first.plan
            if plan.holdout.kind in ("random", "stratified"):
                plan = holdouts.plain(made, bench.rows_of(made))
            other = judge(bench, made, plan, first.merit)
            # A form of it that a quick model solves asks less than the target itself.
            if other is not None and other.clear and not other.solved:
                found.append(other)
    for plan in _other_plans(first, bench):
        other = judge(bench, first.made, plan, first.merit)
        if other is not None and other.clear and other.idea.holdout != first.idea.holdout:
            found.append(other)
            break
    return found


def _other_plans(first: Scored, bench: Bench) -> list[Plan]:
    profile, rows = bench.profile, bench.rows_of(first.made)
    plans: list[Plan | None] = []
    # Who filled in a survey on a later day is nobody's future.
    survey = is_survey([column.name for column in profile.columns])
    if profile.times and first.plan.holdout.kind != "time" and not survey:
        plans.append(holdouts.by_time(first.made, profile.times[0], bench.table, rows))
    if first.plan.holdout.kind != "group":
        plans += [
            holdouts.by_group(first.made, name, bench.table, rows) for name in profile.groups[:2]
        ]
    return [plan for plan in plans if plan is not None]


def _in_order(found: list[Scored], limit: int, profile: TableProfile) -> list[Scored]:
    """Best first: different targets, then other forms of the best ones between weak targets."""
    nameless = profile.reader.header_rows == 0
    mains: dict[str, Scored] = {}
    others: list[Scored] = []
    for scored in found:
        if scored.made.source in mains:
            others.append(scored)
        else:
            mains[scored.made.source] = scored
    ranked = sorted(mains.values(), key=lambda scored: -scored.score)
    strong = _varied([scored for scored in ranked if scored.score >= ENOUGH], profile)
    weak = _varied([scored for scored in ranked if scored.score < ENOUGH], profile)
    taken = weak[: max(0, 1 if nameless else 3 - len(strong))]
    clear = len(strong) > 3 and strong[0].score - strong[3].score > _LEAD
    fourth = [*others[:1], *strong[3:4]] if clear else [*strong[3:4], *others[:1]]
    order = [*strong[:3], *fourth, *taken, *others[1:], *strong[4:]]
    fill = max(0, (FEW_NAMELESS if nameless else FEW) - len(order))
    return [*order, *[scored for scored in weak if scored not in taken][:fill]][:limit]


def _varied(strong: list[Scored], profile: TableProfile) -> list[Scored]:
    """Put targets last that ask again: forms of two before them, siblings of one in name."""
    first: list[Scored] = []
    last: list[Scored] = []
    for scored in strong:
        forms = sum(_are_forms(scored, earlier) for earlier in first)
        again = _repeats(scored.made.source, [each.made.source for each in first], profile)
        (last if forms >= _FORMS or again else first).append(scored)
    return [*first, *last]


def _are_forms(one: Scored, other: Scored) -> bool:
    """Return whether one target had to be left out of the features of the other."""
    left_out = {exclusion.column for exclusion in other.idea.exclusions}
    return one.made.source in left_out


def _dealt(pools: list[list[Scored]], limit: int) -> list[Scored]:
    """Take ideas from the tables in turn, the most promising table first.

    What was asked of another table already, as of the results of another season, comes last.
    """
    pools = sorted(pools, key=lambda pool: -pool[0].score)
    chosen: list[Scored] = []
    again: list[Scored] = []
    asked: dict[tuple[str, str], str] = {}
    for place in range(limit):
        for scored in (pool[place] for pool in pools if place < len(pool)):
            idea = scored.idea
            table = asked.setdefault((idea.target.casefold(), idea.objective), idea.table)
            (chosen if table == idea.table else again).append(scored)
    return [*chosen, *again][:limit]
