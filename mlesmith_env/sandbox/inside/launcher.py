"""Entry of the sandbox server: `python launcher.py <descriptor or path of the control socket>`.

The neighbouring modules are imported as the package `_mlesmith_inside`, from the folder of this
file, so that neither `mlesmith_env` nor the folder itself is ever on the program's path.
"""

import os
import sys
import types


def _main() -> None:
    package = types.ModuleType("_mlesmith_inside")
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]  # noqa: PTH100, PTH120
    sys.modules["_mlesmith_inside"] = package
    from _mlesmith_inside import server  # pyright: ignore[reportMissingImports]

    if sys.argv[1].isdecimal():
        server.serve(int(sys.argv[1]))
    else:
        from _mlesmith_inside import container  # pyright: ignore[reportMissingImports]

        server.serve(container.connect(sys.argv[1]))


_main()
