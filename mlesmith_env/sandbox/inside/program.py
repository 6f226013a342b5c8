"""Running source text as the main program of this process, as `python program.py` would."""

from __future__ import annotations

import builtins
import gc
import io
import linecache
import os
import sys
import traceback
import types
import weakref
from collections.abc import Callable
from typing import Any

from . import times

NAME = "program.py"


class Outcome:
    """How a program ended: its exit code, and whether it ran out of memory."""

    def __init__(self, code: int, *, out_of_memory: bool = False) -> None:
        self.code = code
        self.out_of_memory = out_of_memory


def run(source: str, workspace: str, seed: int | None) -> Outcome:
    """Execute a program as `__main__`.

    Args:
        source: Its text. A copy is put in the workspace, for tracebacks, `inspect` and processes
            started by `multiprocessing`'s spawn method.
        workspace: Its folder: first on the import path.
        seed: Fixes the global state of `random` and NumPy; None makes it unpredictable.
    """
    sys.argv = [NAME]
    sys.path.insert(0, workspace)
    _save(source)
    _seed(seed)
    start_by_fork()
    times.install()
    module = types.ModuleType("__main__")
    module.__file__ = workspace + "/" + NAME
    module.__dict__.update(__builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = module
    sys.excepthook = _Reporter(source)
    try:
        code = compile(source, NAME, "exec", dont_inherit=True)
    except BaseException as error:  # noqa: BLE001  what a program does is a result
        return failed(error, None)
    try:
        exec(code, module.__dict__)  # noqa: S102  the purpose of this process
    except BaseException as error:  # noqa: BLE001
        trace = error.__traceback__
        return failed(error, trace.tb_next if trace else None)
    return Outcome(0)


def _save(source: str) -> None:
    data = source.encode("utf-8", "replace")
    try:
        if os.path.lexists(NAME):
            os.unlink(NAME)  # noqa: PTH108
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(NAME, flags, 0o644)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)
    except OSError:
        # A folder of that name or a full workspace, both the program's own work: the copy is a
        # comfort, and the program runs from memory.
        return


class _Reporter:
    """Prints an uncaught exception with source lines, whatever became of the file."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
    ) -> None:
        lines = self._source.splitlines(keepends=True)
        linecache.cache[NAME] = (len(self._source), None, lines, NAME)
        try:
            traceback.print_exception(kind, error, trace)
        except (MemoryError, RecursionError):
            sys.__excepthook__(kind, error, trace)


def failed(error: BaseException, trace: types.TracebackType | None) -> Outcome:
    """Tell an exception that nobody caught, as an interpreter does, and return the outcome.

    Args:
        error: The exception; `SystemExit` ends without being told.
        trace: Its traceback from the program's own frame on.
    """
    error.__traceback__ = trace
    if isinstance(error, SystemExit):
        if error.code is None:
            return Outcome(0)
        if isinstance(error.code, int):
            return Outcome(int.__and__(error.code, 0xFF))
        print(error.code, file=sys.stderr)
        return Outcome(1)
    _tell(error)
    code = 130 if isinstance(error, KeyboardInterrupt) else 1
    return Outcome(code, out_of_memory=isinstance(error, MemoryError))


def finish() -> None:
    """Do what the interpreter does at its end, but for tearing down every library.

    Waits for threads, runs `atexit` functions, ends the program's own objects and flushes all
    files that are still open.
    """
    _quietly(_join_threads)
    import atexit

    _quietly(atexit._run_exitfuncs)  # pyright: ignore[reportPrivateUsage]  there is no public way
    files: list[weakref.ref[io.IOBase]] = []
    # Before the program's names are gone, which an audit hook of its own may need for this; and
    # not held, so that what is nobody's any more is closed.
    _quietly(lambda: files.extend(map(weakref.ref, _files())))
    _flush(files)
    _quietly(_end_objects)
    # What finalizers wrote into files that are still somebody's.
    _flush(files)
    flush_streams()


def _join_threads() -> None:
    threads: Any = sys.modules.get("threading")
    if threads is not None:
        threads._shutdown()


def _end_objects() -> None:
    threads: Any = sys.modules.get("threading")
    if threads is None or threads.active_count() == 1:
        # Files and archives that the program left open are closed by their finalizers.
        sys.modules["__main__"].__dict__.clear()
        gc.collect()


def flush_files() -> None:
    """Write out what the files that are open still hold back."""
    for file in _files():
        _quietly(file.flush)


def _flush(files: list[weakref.ref[io.IOBase]]) -> None:
    for file in files:
        if (left := file()) is not None:
            _quietly(left.flush)


def _files() -> list[io.IOBase]:
    # By their types: to ask an object itself may run code of its own, or find it dead.
    return [item for item in gc.get_objects() if issubclass(type(item), io.IOBase)]


def flush_streams() -> None:
    """Write out what standard output and error still hold back."""
    for stream in (sys.stdout, sys.stderr):
        # A program may have put anything in their place.
        _quietly(lambda stream=stream: stream.flush())


def _quietly(function: Callable[[], Any]) -> None:
    try:
        function()
    except BaseException as error:  # noqa: BLE001  closed or broken by the program: it goes on
        if not isinstance(error, (OSError, ValueError, AttributeError)):
            _tell(error)


def _tell(error: BaseException) -> None:
    """Have an exception printed that nobody caught."""
    hook: Callable[..., Any] = sys.excepthook
    try:
        hook(type(error), error, error.__traceback__)
    except BaseException:  # noqa: BLE001  a hook of the program's own that fails
        sys.__excepthook__(type(error), error, error.__traceback__)


def _seed(seed: int | None) -> None:
    """Seed `random` and NumPy: now where they are loaded, else in the moment they are."""
    if seed is None:
        # A forked process would repeat NumPy's state; `random` reseeds itself after a fork.
        if "numpy.random.mtrand" in sys.modules:
            sys.modules["numpy.random.mtrand"].seed(None)
        return
    when_loaded("random", lambda module: module.seed(seed))
    when_loaded("numpy.random.mtrand", lambda module: module.seed(seed % 2**32))


def start_by_fork() -> None:
    """Make fork the default way to start processes; Python 3.14's needs listening sockets."""
    when_loaded("multiprocessing.context", _choose_fork)


def _choose_fork(context: Any) -> None:
    context._default_context._default_context = context._concrete_contexts["fork"]


def when_loaded(name: str, act: Callable[[Any], None]) -> None:
    """Act on a module: now where it is loaded, else right after its first import."""
    if name in sys.modules:
        act(sys.modules[name])
    else:
        sys.meta_path.insert(0, _Watcher(name, act))


class _Watcher:
    """An import finder that acts on one module right after its first import, then is gone.

    Not derived from `importlib.abc`, which takes longer to import than the interpreter to start.
    """

    def __init__(self, name: str, act: Callable[[Any], None]) -> None:
        self._name = name
        self._act = act

    def find_spec(self, fullname: str, path: Any, target: types.ModuleType | None = None) -> Any:
        """Return the real finder's answer, with a loader that acts afterwards."""
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)  # pyright: ignore[reportArgumentType]  a finder by shape
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                spec.loader = _ActingLoader(spec.loader, self._act)  # pyright: ignore[reportAttributeAccessIssue]
                return spec
        return None


class _ActingLoader:
    def __init__(self, loader: Any, act: Callable[[Any], None]) -> None:
        self._loader = loader
        self._act = act

    def create_module(self, spec: Any) -> types.ModuleType | None:
        """Return the real loader's module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the real loader, hand the module back to it, and act."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._act(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
