"""The public names of a wing, each read from its module when it is first asked for.

So `cnnlab list` imports no torch, and `from cnnlab.seeing import deconvnet` gives the function even
where a module has the same name.
"""

import ast
import inspect
import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Face(ModuleType):
    _homes: dict[str, str]

    def __getattribute__(self, name: str) -> Any:
        homes = super().__getattribute__("__dict__").get("_homes", {})
        if name not in homes:
            return super().__getattribute__(name)
        return getattr(import_module(homes[name]), name)

    def __dir__(self) -> list[str]:
        return sorted(self._homes)


def face(package: str) -> list[str]:
    """Give `package` the names that its __init__ imports `if TYPE_CHECKING`; returns them.

    A name is imported when it is first asked for. One list serves type checkers and Python, as in
    scientific Python's `lazy_loader`.
    """
    tree = ast.parse(inspect.getsource(sys.modules[package]))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [line for line in block.body if isinstance(line, ast.ImportFrom)]
    homes = {alias.name: str(line.module) for line in imports for alias in line.names}
    vars(sys.modules[package])["_homes"] = homes
    sys.modules[package].__class__ = _Face
    return sorted(homes)
