"""The conditions of a script, and a form of it in which one of them at a time turns out otherwise.

What a script does for submissions that nobody thinks of can not be seen by trying submissions. It
can be seen by taking the other way at each condition, with an ordinary submission: a way that then
gives nearly the perfect score waits for somebody who knows how to come there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from mlesmith_env.manifest import ScriptMetric
from mlesmith_generator.gates.literals import Constants

MOST_CONDITIONS = 60
FILLING = frozenset("add append clear extend insert pop popleft setdefault update".split())
"""Methods that change the container that they are called of."""
_TINY = 1e-6
_TELLING = frozenset(
    "all any allclose array_equal contains empty endswith eq equals isclose isfinite isin isna "
    "isnan isnull isinf is_monotonic_decreasing is_monotonic_increasing is_unique match fullmatch "
    "search startswith".split()
)
"""Functions and attributes that tell yes or no."""
_GUARDING = frozenset("all any empty isfinite isin isna isnan isnull isinf len size".split())
"""Those of them by which honest scripts look for what has no score."""

_HELPERS = """\
_turning_now = {"case": -1, "due": False, "inside": False}


def _turning(site, value):
    if not _turning_now["due"] or site != _turning_now["case"]:
        return value
    _turning_now["due"] = False
    import numpy

    array = numpy.asarray(value)
    if array.dtype != bool or not array.size:
        return value
    if not array.ndim:
        return not value
    try:
        other = value.copy()
        flat = other.to_numpy().copy() if hasattr(other, "to_numpy") else other
        flat.flat[flat.size // 2] = not flat.flat[flat.size // 2]
        return type(value)(flat, index=value.index) if hasattr(value, "index") else flat
    except (AttributeError, TypeError, ValueError):
        return value


"""
_DRIVER = """

_turning_evaluate = evaluate


def evaluate(submission, answers):
    if _turning_now["inside"]:
        return _turning_evaluate(submission, answers)
    _turning_now.update(case=_turning_now["case"] + 1, due=True, inside=True)
    try:
        return _turning_evaluate(submission, answers)
    finally:
        _turning_now["inside"] = False
"""


@dataclass(frozen=True)
class Condition:
    """Something in a script that is true or false and depends on the submission.

    Attributes:
        line: Where it stands.
        text: Its source.
        degenerate: Whether it is of the kind by which honest scripts look for what has no score:
            nothing there, all the same, a sum of 0, an end of the declared range.
        place: Its number among all nodes of the script.
    """

    line: int
    text: str
    degenerate: bool
    place: int


def conditions_of(tree: ast.Module, constants: Constants, spec: ScriptMetric) -> list[Condition]:
    """Return the conditions of a script that can depend on the submission, in their order."""
    touched = _touched(tree)
    tests = set(_tests(tree))
    found: list[Condition] = []
    for place, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.expr) or not (id(node) in tests or _tells(node)):
            continue
        if not _mentions(node, touched) or constants.fold(node) is not None:
            continue
        degenerate = _degenerate(node, constants, spec)
        text = " ".join(ast.unparse(node).split())[:100]
        found.append(Condition(node.lineno, text, degenerate, place))
    return sorted(found, key=lambda one: (one.degenerate, one.line))[:MOST_CONDITIONS]


def turning(source: str, conditions: Sequence[Condition]) -> str:
    """Return a script that scores as `source` in its first call, and then turns one condition.

    The k-th call after the first turns the k-th condition, once: at its first evaluation, and in
    one row where it is asked of many.
    """
    tree = ast.parse(source)
    sites = {condition.place: number for number, condition in enumerate(conditions, 1)}
    nodes = {id(node): sites[at] for at, node in enumerate(ast.walk(tree)) if at in sites}
    changed = cast("ast.Module", ast.fix_missing_locations(_Turner(nodes).visit(tree)))
    future = [one for one in changed.body if _comes_first(one)]
    rest = [one for one in changed.body if not _comes_first(one)]
    parts = [ast.Module(part, []) for part in (future, rest)]
    return "\n".join([ast.unparse(parts[0]), _HELPERS, ast.unparse(parts[1]), _DRIVER])


class _Turner(ast.NodeTransformer):
    """Wraps conditions so that they can be turned."""

    def __init__(self, sites: dict[int, int]) -> None:
        self._sites = sites

    def visit(self, node: ast.AST) -> ast.AST:
        """Wrap a node that is a condition, after what is inside it."""
        site = self._sites.get(id(node))
        inner = self.generic_visit(node)
        if site is None or not isinstance(inner, ast.expr):
            return inner
        name = ast.Name("_turning", ast.Load())
        return ast.Call(name, [ast.Constant(site), inner], [])


def _comes_first(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _tests(tree: ast.Module) -> Iterator[int]:
    """Identities of what is tested, and of the parts of it."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test) | ast.IfExp(test=test):
                yield id(test)
            case ast.BoolOp(values=values):
                yield from map(id, values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield id(operand)
            case ast.comprehension(ifs=tests):
                yield from map(id, tests)
            case _:
                pass


def _tells(node: ast.expr) -> bool:
    match node:
        case ast.Compare():
            return True
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _TELLING
        case ast.Attribute(attr=name):
            return name in _TELLING and name.startswith("is_")
        case _:
            return False


def _degenerate(node: ast.expr, constants: Constants, spec: ScriptMetric) -> bool:
    match node:
        case ast.Compare(left=left, comparators=comparators):
            values = [constants.fold(side) for side in (left, *comparators)]
            plain = any(_is_plain(value, spec) for value in values)
            return plain or any(_is_none(side) for side in (left, *comparators))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _degenerate(inner, constants, spec)
        case ast.BoolOp(values=parts):
            return all(_degenerate(part, constants, spec) for part in parts)
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _GUARDING
        case ast.Attribute(attr=name):
            return name in _GUARDING
        case _:
            return isinstance(node, ast.Name | ast.Subscript)


def _is_plain(value: object, spec: ScriptMetric) -> bool:
    if isinstance(value, str):
        return not value
    if not isinstance(value, int | float):
        return False
    return abs(value) <= _TINY or abs(value) == 1 or value in (*spec.range, spec.perfect)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _touched(tree: ast.Module) -> set[str]:
    """Names that may hold something of the submission, whatever the way."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    evaluate = functions.get("evaluate")
    names = {one.arg for one in evaluate.args.args[:1]} if evaluate is not None else set[str]()
    nodes = list(ast.walk(tree))
    size = -1
    while size != len(names):
        size = len(names)
        for node in nodes:
            names |= set(_passed_on(node, names, functions))
    return names


def _passed_on(
    node: ast.AST, names: set[str], functions: dict[str, ast.FunctionDef]
) -> Iterator[str]:
    """Names that come to hold what `names` hold, by one statement or expression."""
    match node:
        case ast.Assign(targets=targets, value=value) if _mentions(value, names):
            yield from _names(targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _mentions(value, names):
            yield from _names([target])
        case ast.AugAssign(target=target, value=value) if _mentions(value, names):
            yield from _names([target])
        case ast.NamedExpr(target=target, value=value) if _mentions(value, names):
            yield from _names([target])
        case ast.For(target=target, iter=source) if _mentions(source, names):
            yield from _names([target])
        case ast.comprehension(target=target, iter=source) if _mentions(source, names):
            yield from _names([target])
        case ast.Call(func=ast.Name(id=called)) if called in functions:
            if _mentions(node, names):
                yield from _given(node, functions[called], names)
        case ast.FunctionDef(name=name, args=arguments) if not _parameters(arguments):
            yield from [name] if _mentions(node, names) else []
        case ast.Call() if _mentions(node, names):
            match node.func:
                case ast.Attribute(attr=name, value=ast.Name(id=filled)) if name in FILLING:
                    yield filled
                case _:
                    pass
            # A function that is handed on, as to `apply`, may be called with anything.
            for argument in (*node.args, *(word.value for word in node.keywords)):
                if isinstance(argument, ast.Lambda):
                    yield from _parameters(argument.args)
                elif isinstance(argument, ast.Name) and argument.id in functions:
                    yield from _parameters(functions[argument.id].args)
        case _:
            pass


def _given(call: ast.Call, function: ast.FunctionDef, names: set[str]) -> Iterator[str]:
    """Parameters of a function of the script that are given something of the submission."""
    positions = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        yield from positions
    for name, argument in zip(positions, call.args, strict=False):
        if _mentions(argument, names):
            yield name
    for keyword in call.keywords:
        if _mentions(keyword.value, names):
            yield from positions if keyword.arg is None else [keyword.arg]


def _parameters(arguments: ast.arguments) -> list[str]:
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _names(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                yield node.id


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))
