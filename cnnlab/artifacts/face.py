"""The public names of a wing, each read from its module when it is first asked for.

So `cnnlab list` imports no torch, and `from cnnlab.seeing import deconvnet` gives the function even
where a module has the same name.
"""

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
        return getattr(import_module(f"{self.__name__}.{homes[name]}"), name)

    def __dir__(self) -> list[str]:
        return sorted(self._homes)


def face(package: str, **modules: tuple[str, ...]) -> list[str]:
    """Give `package` the public names of its modules, as module=(names, ...); returns the names.

    A name is imported when it is first asked for.
    """
    homes = {name: module for module, names in modules.items() for name in names}
    vars(sys.modules[package])["_homes"] = homes
    sys.modules[package].__class__ = _Face
    return sorted(homes)
