"""What code made a thing: a hash of the definitions it uses, which changes when its bytes can.

From a function on, every function, class and constant of cnnlab that it names is followed, to the
end. What a definition says counts; where it lies does not: moving it to another module keeps the
hash, and so do comments, docstrings, layout and other type hints; a class that a hint names is
followed, since its methods may be used. Every version of Python gives the same hash.
"""

import ast
import copy
import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
# Python 3.11 before 3.11.5 loses count of its own recursion where two threads parse at once
PARSING = threading.Lock()

# How a thing is stored, shown or scheduled does not change its bytes, and profile values enter
# every key as values: edits to these modules must not throw away an hour of training.
NEUTRAL = ("cnnlab.artifacts", "cnnlab.profiles", "cnnlab.datasets.errors")

# Every Python gives the same hash: since 3.13 `ast.dump` leaves out empty fields unless asked
WHOLE: dict[str, Any] = {"show_empty": True} if sys.version_info >= (3, 13) else {}

Source = Callable[..., object] | ast.Module  # a function or class of cnnlab, or parsed code
Use = tuple[str, str]  # module and name; the name "" is what runs when the module is imported


def fingerprint(*sources: Source) -> str:
    """Hash `sources` and all definitions of cnnlab that they use, directly or not.

    A source is a function or class of cnnlab, or parsed code such as the cells of a notebook.
    Raises ValueError for a function that cnnlab does not define.

    >>> from cnnlab.nets.lrn import LRN
    >>> len(fingerprint(LRN))
    64
    """
    todo: list[Use] = []
    for source in sources:
        if isinstance(source, ast.Module):
            todo += _uses(source.body, _Module("", source))
            continue
        module, name = source.__module__, source.__qualname__.split(".")[0]
        if _file(module) is None or name not in _module(module).nodes:
            raise ValueError(f"{module}.{name} is no definition of cnnlab; name one that is")
        todo.append((module, name))
    reached, digests = set(todo), set()
    while todo:
        digest, uses = _definition(*todo.pop())
        digests.add(digest)
        todo += uses - reached
        reached |= uses
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


@dataclass
class _Module:
    """The statements that bind each name of a module, its imports, and what else it runs."""

    name: str
    tree: ast.Module
    nodes: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, Use] = field(default_factory=dict)  # "" for a module itself
    rest: list[ast.stmt] = field(default_factory=list)

    def __post_init__(self) -> None:
        queue = list(self.tree.body)
        while queue:
            node = queue.pop(0)
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports |= _imported(node)
            elif isinstance(node, ast.If | ast.Try):  # may hold definitions and imports
                queue = [*_branches(node), *queue]
            elif names := _bound(node):
                for name in names:
                    self.nodes.setdefault(name, []).append(node)
            elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                self.rest.append(node)  # a docstring runs nothing


def _branches(node: ast.If | ast.Try) -> list[ast.stmt]:
    branches = [node.body, node.orelse]
    if isinstance(node, ast.Try):
        branches += [handler.body for handler in node.handlers] + [node.finalbody]
    return [statement for branch in branches for statement in branch]


def _bound(node: ast.stmt) -> list[str]:
    """The names that a definition or an assignment binds; none for any other statement."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return [part.id for part in parts if isinstance(part, ast.Name)]


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, Use]:
    """Local name -> module and name of what an import binds (cnnlab has no relative imports)."""
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
    whole = {alias.asname: (alias.name, "") for alias in node.names if alias.asname}
    tops = (alias.name.split(".")[0] for alias in node.names if not alias.asname)
    return whole | {top: (top, "") for top in tops}


def _file(module: str) -> Path | None:
    if module.split(".")[0] != "cnnlab":
        return None
    stem = PACKAGE.parent.joinpath(*module.split("."))
    return next((p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.is_file()), None)


@cache
def _module(name: str) -> _Module:
    path = _file(name)
    assert path is not None, name
    with PARSING:
        return _Module(name, ast.parse(path.read_text(encoding="utf-8")))


@cache
def _definition(module: str, name: str) -> tuple[str, frozenset[Use]]:
    """Hash of one definition, and the definitions that it uses; its module's import is one."""
    table = _module(module)
    nodes = table.nodes[name] if name else table.rest
    names = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
    # `F` is torch.nn.functional: what a name from outside stands for counts as well
    outside = (f"{n} is {table.imports[n]}" for n in names & table.imports.keys())
    lines = [ast.dump(_bare(node), **WHOLE) for node in nodes]
    lines += sorted(line for line in outside if "'cnnlab" not in line)
    uses = {(module, ""), *_uses(nodes, table)}
    return hashlib.sha256("\n".join(lines).encode()).hexdigest(), frozenset(uses)


def _uses(nodes: list[ast.stmt], table: _Module) -> list[Use]:
    """The definitions of cnnlab that statements name, without neutral ones."""
    within = (n for node in nodes for n in ast.walk(node))
    inner = [n for n in within if isinstance(n, ast.Import | ast.ImportFrom)]
    imports = table.imports | {k: v for node in inner for k, v in _imported(node).items()}
    uses: list[Use] = []
    for node in nodes:
        for first, *rest in _paths(node):  # type hints too: their classes have methods
            if first in imports:
                uses += _resolved(*imports[first], rest)
            elif first in table.nodes and table.name:  # code of a notebook is in its stamp already
                uses.append((table.name, first))
    return [use for use in uses if not use[0].startswith(NEUTRAL)]


def _resolved(module: str, name: str, rest: list[str]) -> list[Use]:
    """Where `module.name.rest...` is defined; a module named as a whole uses all that it has."""
    if _file(module) is None:
        return []
    table = _module(module)
    if name in table.nodes:
        return [(module, name)]
    if name in table.imports:
        return _resolved(*table.imports[name], rest)
    if _file(f"{module}.{name}") and name:
        module, name = f"{module}.{name}", ""
    elif name:
        return []
    if rest:
        return _resolved(module, rest[0], rest[1:])
    every = _module(module)
    return [(module, n) for n in every.nodes] + [
        use for home in every.imports.values() for use in _resolved(*home, []) if home[1]
    ]


def _paths(node: ast.AST) -> Iterator[list[str]]:
    """Dotted names in a statement, as lists: `a.b.c` and `a`."""
    if isinstance(node, ast.Attribute):
        names, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield [inner.id, *reversed(names)]
            return
    if isinstance(node, ast.Name):
        yield [node.id]
    for child in ast.iter_child_nodes(node):
        yield from _paths(child)


class _Bare(ast.NodeTransformer):
    """Drops docstrings, type hints of functions, and imports from cnnlab, which name places."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
            if not getattr(node, "type_params", True):  # Python 3.12 added them
                delattr(node, "type_params")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        return super().generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.Pass() if (node.module or "").split(".")[0] == "cnnlab" else node


def _bare(node: ast.stmt) -> ast.AST:
    return _Bare().visit(copy.deepcopy(node))
