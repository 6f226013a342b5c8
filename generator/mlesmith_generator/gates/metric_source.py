"""What a `metric.py` has no business doing, read from its source without running it.

A score is arithmetic on two tables. Whatever else a script does (files, hashes, chance, code made
while it runs, names that are computed, memory from call to call) hides more than it says.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mlesmith_generator.gates.conditions import FILLING
from mlesmith_generator.gates.literals import Constants
from mlesmith_generator.gates.verdict import Finding, Scan

MODULES = frozenset(
    "__future__ abc bisect collections dataclasses datetime decimal difflib enum fractions "
    "functools heapq itertools math numbers numpy operator pandas re scipy sklearn statistics "
    "string typing unicodedata warnings".split()
)
"""Packages that a metric may import."""
PARTS = {
    "numpy": frozenset("linalg ma typing polynomial fft".split()),
    "pandas": frozenset({"api"}),
    "scipy": frozenset(
        "cluster fft integrate interpolate linalg ndimage optimize signal sparse spatial special "
        "stats".split()
    ),
    "sklearn": frozenset("exceptions isotonic metrics preprocessing utils".split()),
}
"""Their parts that it may import, where they have others that read files, hash or draw."""
MOST_LITERALS = 60
"""Different numbers beyond the plainest that a script may hold: each of them is tried."""

_FUNCTIONS = frozenset(
    "__import__ attrgetter breakpoint bytearray bytes chr compile delattr eval exec exit globals "
    "hash locals memoryview methodcaller open ord quit setattr".split()
)
_MODULES_INSIDE = frozenset(
    "base64 binascii builtins codecs ctypes hashlib importlib io marshal os pickle platform random "
    "secrets shutil socket struct subprocess sys tempfile threading time zlib".split()
)
_METHODS = frozenset(
    "RandomState adler32 bootstrap crc32 ctypeslib datasets decode default_rng encode eval "
    "frombuffer fromfile fromhex frompyfunc fromregex genfromtxt hash_array "
    "hash_pandas_object hexdigest load load_npz loadmat loadtxt md5 memmap mktime "
    "murmurhash3_32 now perf_counter permutation query rvs sample save savemat savetxt savez "
    "sha1 sha256 shuffle tobytes today tofile unpack utcnow".split()
)
_WRITERS = frozenset(
    "clipboard csv excel feather gbq hdf html json latex markdown orc parquet pickle sql stata "
    "xml".split()
)
_PRIVATE = frozenset({"_asdict", "_fields", "_make", "_replace"})
_BROAD = frozenset({"Exception", "BaseException"})
_PLAIN = 10.0


@dataclass(frozen=True)
class _Source:
    """A parsed script with what its parts have in common."""

    text: str
    tree: ast.Module
    perfect: float

    @cached_property
    def constants(self) -> Constants:
        return Constants(self.tree)

    @cached_property
    def outer(self) -> frozenset[str]:
        """Names that the module binds: they live from call to call."""
        names: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {
                    part.id
                    for target in targets
                    for part in ast.walk(target)
                    if isinstance(part, ast.Name)
                }
        return frozenset(names)

    @cached_property
    def modules(self) -> frozenset[str]:
        """Names under which whole modules are known."""
        return frozenset(
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        )

    @cached_property
    def followed(self) -> frozenset[int]:
        """Identities of what an attribute is taken of."""
        nodes = ast.walk(self.tree)
        return frozenset(id(node.value) for node in nodes if isinstance(node, ast.Attribute))

    @cached_property
    def called(self) -> frozenset[int]:
        """Identities of what is called."""
        return frozenset(
            id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)
        )

    @cached_property
    def lasting(self) -> frozenset[str]:
        """Parameters whose default is a container: it lives from call to call, too."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.arguments):
                named = [*node.posonlyargs, *node.args]
                pairs = [
                    *zip(reversed(named), reversed(node.defaults), strict=False),
                    *zip(node.kwonlyargs, node.kw_defaults, strict=True),
                ]
                containers = ast.List | ast.Dict | ast.Set | ast.Call
                found |= {name.arg for name, value in pairs if isinstance(value, containers)}
        return frozenset(found)

    def line(self, node: ast.AST) -> str:
        """Return where a part stands and the line itself, for evidence."""
        number = getattr(node, "lineno", 1)
        lines = self.text.splitlines()
        return f"line {number}: `{lines[number - 1].strip()[:100]}`" if lines else "line 1"


def scan_metric_source(text: str, perfect: float) -> Scan:
    """Look for what a metric has no business doing.

    Args:
        text: Source of `metric.py`.
        perfect: The score that it is declared to give to the answers.
    """
    name = "metric-source"
    try:
        source = _Source(text, ast.parse(text), perfect)
        told = [f"{source.line(node)}: {what}" for node, what in _oversteps(source)]
        told += _too_many(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        evidence = f"metric.py can not be read as Python: {type(error).__name__}: {error}"
        return Scan(name, "", (Finding("metric-oversteps", evidence),))
    findings = tuple(Finding("metric-oversteps", evidence) for evidence in dict.fromkeys(told))
    return Scan(name, f"{len(text.splitlines())} lines of arithmetic", findings)


def _too_many(source: _Source) -> list[str]:
    numbers = {
        value
        for literal in source.constants.literals
        if isinstance(value := literal.value, float)
        and not (value.is_integer() and abs(value) <= _PLAIN)
    }
    if len(numbers) <= MOST_LITERALS:
        return []
    return [
        f"metric.py holds {len(numbers)} different numbers, of which at most {MOST_LITERALS} are "
        "tried; put tables of weights or costs into columns of the answers"
    ]


def _oversteps(source: _Source) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node, what) for alias in names if (what := _foreign(alias.name, [])))
            case ast.ImportFrom(module=module, names=names, level=level):
                if level:
                    yield node, "imports a module beside it"
                elif what := _foreign(module or "", [alias.name for alias in names]):
                    yield node, what
            case ast.Name(id=name) if name in _FUNCTIONS or _hidden(name):
                yield node, f"uses {name}, which a metric has no need of"
            case ast.Name(id=name) if name in source.modules and id(node) not in source.followed:
                yield node, f"hands the module {name} around"
            case ast.Attribute() if what := _reached(source, node):
                yield node, what
            case ast.Constant(value=bytes()):
                yield node, "holds bytes"
            case ast.Call(func=ast.Name(id="getattr"), args=arguments):
                if what := _looked_up(source, arguments):
                    yield node, what
            case ast.Global():
                yield node, "changes what lives from call to call"
            case ast.Try(handlers=handlers):
                for handler in handlers:
                    yield from _handled(source, handler)
            case ast.FunctionDef():
                yield from _remembered(source, node)
            case _:
                pass


def _remembered(source: _Source, function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str]]:
    lasting = source.outer | source.lasting
    for node in ast.walk(function):
        if (changed := _changed(node)) is not None and changed in lasting:
            yield node, f"changes {changed}, which lives from call to call"


def _reached(source: _Source, node: ast.Attribute) -> str:
    """Return what is wrong with an attribute; a column may be called as a function is."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    of_module = isinstance(root, ast.Name) and root.id in source.modules
    if of_module or id(node) in source.called or node.attr.startswith("_"):
        return _method(node.attr)
    return ""


def _foreign(module: str, names: list[str]) -> str:
    """Return what is wrong with an import; empty where nothing is."""
    package, *parts = module.split(".")
    if package not in MODULES:
        return f"imports {module}, which no metric needs"
    allowed = PARTS.get(package)
    strange = allowed is not None and bool(parts) and parts[0] not in allowed
    if strange or any(part.startswith("_") for part in parts):
        return f"imports {module}, which no metric needs"
    for name in names:
        if name == "*":
            return f"imports all names of {module}"
        if name in _FUNCTIONS or name in _MODULES_INSIDE or _hidden(name):
            return f"imports {name} of {module}, which no metric needs"
        if what := _method(name):
            return f"imports {name} of {module}: {what}"
    return ""


def _hidden(name: str) -> bool:
    return name.startswith("__") and name != "__name__"


def _method(name: str) -> str:
    """Return what is wrong with an attribute; empty where nothing is."""
    if name.startswith("_") and name not in _PRIVATE:
        return f"reaches for the inner attribute {name}"
    if name in _MODULES_INSIDE:
        return f"reaches for {name}, which no metric needs"
    reads = name.startswith("read_") or name.removeprefix("to_") in _WRITERS - {name}
    if name in _METHODS or reads:
        return f"uses {name}: reading, writing, drawing, hashing or decoding is no arithmetic"
    return ""


def _looked_up(source: _Source, arguments: list[ast.expr]) -> str:
    name = source.constants.fold(arguments[1]) if len(arguments) > 1 else None
    if not isinstance(name, str):
        return "looks up an attribute whose name is computed"
    return _method(name)


def _handled(source: _Source, handler: ast.ExceptHandler) -> Iterator[tuple[ast.AST, str]]:
    """What is wrong with a branch for errors: that all errors pay, or that one pays fully."""
    kind = handler.type
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    broad = any(isinstance(name, ast.Name) and name.id in _BROAD for name in names)
    for node in (part for statement in handler.body for part in ast.walk(statement)):
        value = node.value if isinstance(node, ast.Return | ast.Assign) else None
        if value is None:
            continue
        number = source.constants.fold(value)
        if isinstance(number, int | float) and float(number) == source.perfect:
            yield node, "an error gives the perfect score"
        elif kind is None or broad:
            yield node, "any error whatever gives a score; catch the one that is meant"


def _changed(node: ast.AST) -> str | None:
    """Return the name whose content a part of a script changes in place, None where it is none."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)):
            return name if attribute in FILLING else None
        case ast.Call(func=ast.Name(id="next"), args=[ast.Name(id=name), *_]):
            return name
        case _:
            return None
