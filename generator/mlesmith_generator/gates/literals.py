"""The constants of a script, written out or computed of constants."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

Value = float | str
_BINARY: dict[type[ast.operator], Callable[[float, float], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda base, power: float(base) ** power,
}
_LONGEST_TEXT = 400


@dataclass(frozen=True)
class Literal:
    """A constant of a script.

    Attributes:
        value: A number as float, or a text.
        line: The first line on which it stands.
    """

    value: Value
    line: int

    @property
    def number(self) -> float | None:
        """The number that it is or spells, None where it is none or infinite."""
        try:
            number = float(self.value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None


@dataclass(frozen=True)
class Constants:
    """What of a script is known before it runs.

    Attributes:
        tree: The script.
    """

    tree: ast.Module

    @cached_property
    def literals(self) -> tuple[Literal, ...]:
        """Every constant that the script holds or computes of constants, once each, by line."""
        documentation = set(_documentation(self.tree))
        found: dict[tuple[type, Value], int] = {}
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.expr) or id(node) in documentation:
                continue
            value = self.fold(node)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, bool) or not isinstance(each, int | float | str):
                    continue
                known = each if isinstance(each, str) else _float(each)
                if known is not None:
                    key = (type(known), known)
                    found[key] = min(found.get(key, node.lineno), node.lineno)
        literals = [Literal(value, line) for (_, value), line in found.items()]
        return tuple(sorted(literals, key=lambda literal: literal.line))

    def fold(self, node: ast.expr) -> object:
        """Return the number, text, truth value or tuple of them that an expression always has.

        None where it depends on anything else, or is too large to matter.
        """
        known = self._folded
        if id(node) not in known:
            known[id(node)] = None  # A name that is made of itself is no constant.
            known[id(node)] = _bounded(self._value(node))
        return known[id(node)]

    @cached_property
    def _folded(self) -> dict[int, object]:
        return {}

    def _value(self, node: ast.expr) -> object:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return value
            case ast.Name(id=name) if name in self._named:
                return self.fold(self._named[name])
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                values = tuple(self.fold(part) for part in parts)
                return None if None in values else values
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                value = self.fold(inner)
                return -value if isinstance(value, int | float) else None
            case ast.BinOp(left=left, op=sign, right=right):
                return _combined(self.fold(left), sign, self.fold(right))
            case ast.JoinedStr(values=parts):
                texts = [self._spelt(part) for part in parts]
                return None if None in texts else "".join(cast("list[str]", texts))
            case ast.Call():
                return self._called(node)
            case _:
                return None

    @cached_property
    def _named(self) -> dict[str, ast.expr]:
        """What the names that are bound once are bound to."""
        counts: dict[str, int] = {}
        values: dict[str, ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                counts[node.id] = counts.get(node.id, 0) + 1
            elif isinstance(node, ast.arg):
                counts[node.arg] = counts.get(node.arg, 0) + 2
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    values |= dict(_bound(target, node.value))
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                values |= dict(_bound(node.target, node.value))
        return {name: value for name, value in values.items() if counts[name] == 1}

    def _spelt(self, part: ast.expr) -> str | None:
        if isinstance(part, ast.FormattedValue):
            value = self.fold(part.value) if part.format_spec is None else None
        else:
            value = self.fold(part)
        return str(value) if isinstance(value, int | float | str) else None

    def _called(self, node: ast.Call) -> object:
        """The value of plain functions of constants: `int("7")`, `sum([1, 2])`, `"".join(…)`."""
        values = [self.fold(argument) for argument in node.args]
        if node.keywords or len(values) != 1 or values[0] is None:
            return None
        value = values[0]
        try:
            match node.func:
                case ast.Name(id="int" | "float" as name) if isinstance(value, int | float | str):
                    return int(value) if name == "int" else float(value)
                case ast.Name(id="str") if isinstance(value, int | float | str):
                    return str(value)
                case ast.Name(id="abs") if isinstance(value, int | float):
                    return abs(value)
                case ast.Name(id="len") if isinstance(value, str | tuple):
                    return len(cast("tuple[object, ...]", value))
                case ast.Name(id="sum") if isinstance(value, tuple):
                    return sum(cast("tuple[float, ...]", value))
                case ast.Attribute(attr="join", value=ast.Constant(value=str() as glue)):
                    return glue.join(cast("tuple[str, ...]", value))
                case _:
                    return None
        except (TypeError, ValueError, OverflowError):
            return None


def _combined(left: object, sign: ast.operator, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str) and isinstance(sign, ast.Add):
        return left + right
    if isinstance(left, str) and isinstance(right, int) and isinstance(sign, ast.Mult):
        return left * right if len(left) * right <= _LONGEST_TEXT else None
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    if type(sign) not in _BINARY:
        return None
    try:
        return _BINARY[type(sign)](left, right)
    except (ArithmeticError, ValueError):
        return None


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they are bound to, also in `a, b = 1, 2`."""
    if isinstance(target, ast.Name):
        yield target.id, value
        return
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for inner, part in zip(target.elts, value.elts, strict=False):
            yield from _bound(inner, part)


def _documentation(tree: ast.Module) -> Iterator[int]:
    """Identities of texts that stand as statements of their own: they do nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _bounded(value: object) -> object:
    """A folded value, None where it is beyond what a submission could hold."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else None
    if isinstance(value, int | float):
        return None if _float(value) is None else value
    return value


def _float(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
