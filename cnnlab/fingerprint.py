"""What code made a thing: a hash of cnnlab modules that changes when their behaviour can."""

import ast
import hashlib
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent

# How a thing is stored, shown or scheduled does not change its bytes, and profile values enter
# every key as values: edits to these modules must not throw away an hour of training.
NEUTRAL = frozenset(
    f"cnnlab.{name}"
    for name in (
        *("fingerprint", "paths", "plain", "processes", "profiles", "progress", "store"),
        "datasets.errors",
    )
)


def fingerprint(*modules: str) -> str:
    """Hash the source of cnnlab `modules` and of the cnnlab modules they import, transitively.

    Comments, docstrings and layout do not count; a package stands for its `__init__` and
    whatever that imports. Raises ValueError for a module that does not exist.
    """
    seen: dict[str, str] = {}
    queue = list(modules)
    while queue:
        name = queue.pop()
        if name in seen or name in NEUTRAL:
            continue
        seen[name], imported = _read(name)
        queue += imported
    listing = "\n".join(f"{name} {seen[name]}" for name in sorted(seen))
    return hashlib.sha256(listing.encode()).hexdigest()


def _file(name: str) -> Path | None:
    stem = PACKAGE.parent.joinpath(*name.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    return None


def _read(name: str) -> tuple[str, tuple[str, ...]]:
    path = _file(name)
    if path is None:
        raise ValueError(f"no module {name} to fingerprint; name a module of cnnlab")
    return _digest(name, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _digest(name: str, path: Path, _mtime: int) -> tuple[str, tuple[str, ...]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    imported = tuple(sorted(imports(tree, package)))
    for node in ast.walk(tree):
        _drop_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported


def imports(tree: ast.AST, package: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            # `from cnnlab.nets import spec` names a module, `... .spec import X` does not
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return {n for n in names if n.split(".")[0] == "cnnlab" and n != "cnnlab" and _file(n)}


def _drop_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        node.body = body[1:] or [ast.Pass()]
