"""Notebooks as files: what each asks, needs, imports and saves, read without running it."""

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

PATTERN = "[0-9][0-9]_*.ipynb"
SAVERS = ("save_figure", "save_table")


@dataclass(frozen=True)
class Cell:
    """One cell: kind is "code", "markdown" or "raw"."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notebook:
    """One notebook file; `problem` is the sentence that says why it cannot be run, if it cannot."""

    path: Path
    cells: tuple[Cell, ...] = ()
    needs: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def name(self) -> str:
        """File name without its suffix, such as 01_training."""
        return self.path.stem

    @property
    def number(self) -> str:
        """The leading digits, such as 01."""
        return self.name.partition("_")[0]

    @property
    def title(self) -> str:
        """The first heading, or the name where there is none."""
        return next((h for c in self.cells if (h := heading(c.source, c.kind))), self.name)

    @property
    def question(self) -> str:
        """The first sentence before the parameters that ends in a question mark, or ''."""
        for cell in self.cells:
            if "parameters" in cell.tags:
                break
            if cell.kind == "markdown" and (sentence := question(cell.source)):
                return sentence
        return ""

    @property
    def saves(self) -> tuple[str, ...]:
        """Ids named literally in calls of save_figure and save_table, in order."""
        calls = (node for node in walk(self.code) if isinstance(node, ast.Call))
        return tuple(dict.fromkeys(id for call in calls if (id := saved_id(call))))

    @property
    def record(self) -> str:
        """The name of its records, as its call of `start` says it, or ''."""
        calls = (node for node in walk(self.code) if isinstance(node, ast.Call))
        first = (call.args[0] for call in calls if called(call) == "start" and call.args)
        names = (str(name.value) for name in first if isinstance(name, ast.Constant))
        return next((name for name in names if re.fullmatch(r"\d\d_\w+", name)), "")

    @property
    def code(self) -> ast.Module:
        """Its code cells as one parsed module."""
        trees = [tree for c in self.cells if c.kind == "code" and (tree := parse(c.source))]
        return ast.Module([node for tree in trees for node in tree.body], [])


Notebooks = Sequence[Notebook]


def walk(tree: ast.AST) -> Iterable[ast.AST]:
    """The nodes under `tree` in the order they are written (`ast.walk` goes level by level)."""
    for child in ast.iter_child_nodes(tree):
        yield child
        yield from walk(child)


def read(path: Path) -> Notebook:
    """Read one notebook; damage ends in `problem`, so that one bad file cannot hide the others."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        cells = cells_of(data)
        needs = data.get("metadata", {}).get("cnnlab", {}).get("needs", ())
        if isinstance(needs, str) or not all(isinstance(need, str) for need in needs):
            raise ValueError('metadata cnnlab.needs must be a list of names like ["01_training"]')
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        return Notebook(path, problem=f"{path.name} is not a readable notebook ({why}); restore it")
    problem = None
    if not any("parameters" in cell.tags for cell in cells):
        problem = f"{path.name} has no cell tagged `parameters`; tag the one that sets profile"
    return Notebook(path, cells, tuple(needs), problem)


def cells_of(data: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The cells of a notebook's JSON."""
    return tuple(
        Cell(c["cell_type"], "".join(c["source"]), tuple(c.get("metadata", {}).get("tags", ())))
        for c in data["cells"]
    )


def scan(folder: Path) -> list[Notebook]:
    """All numbered notebooks of `folder`, by number; a notebook needs only some of those before it.

    Raises ValueError where the folder has none.
    """
    notebooks: dict[str, Notebook] = {}
    for notebook in map(read, sorted(folder.glob(PATTERN))):
        if late := [need for need in notebook.needs if need not in notebooks]:
            before = ", ".join(notebooks) or "nothing"
            problem = f"{notebook.name} needs {', '.join(late)}; before it comes {before}"
            notebook = replace(notebook, needs=(), problem=problem)
        if (title := notebook.record) not in ("", notebook.name):
            problem = (
                f"{notebook.name} is a copy of {title} and would write into its record; move it "
                "away, or give its `start` its own name and its figures and tables their own ids"
            )
            notebook = replace(notebook, needs=(), problem=problem)
        notebooks[notebook.name] = notebook
    if not notebooks:
        raise ValueError(f"no notebooks named NN_name.ipynb in {folder}")
    return list(notebooks.values())


def select(notebooks: Notebooks, only: Iterable[str]) -> list[Notebook]:
    """The notebooks that have a number, or start with a name, in `only`; all where it is empty.

    Raises ValueError, listing the names, for a prefix that matches none.
    """
    wanted = [part.strip() for entry in only for part in entry.split(",") if part.strip()]
    if not wanted:
        return list(notebooks)
    chosen: set[str] = set()
    for prefix in wanted:
        # "1" means 01, and never 10 or 11
        start = f"{prefix:0>2}_" if prefix.isdigit() else prefix.removesuffix(".ipynb")
        matches = {n.name for n in notebooks if n.name.startswith((start, f"{n.number}_{start}"))}
        if not matches:
            names = ", ".join(n.name for n in notebooks)
            raise ValueError(f"no notebook matches {prefix!r}; there are {names}")
        chosen |= matches
    return [notebook for notebook in notebooks if notebook.name in chosen]


def parse(source: str) -> ast.Module | None:
    """Syntax tree of a code cell without its magics; None where it does not parse."""
    plain = re.sub(r"^([ \t]*)[%!].*", r"\1pass", source, flags=re.MULTILINE)
    try:
        return ast.parse(plain)
    except SyntaxError:
        return None  # the kernel says it better, at the cell


def called(call: ast.Call) -> str:
    """The name of what is called, such as `save_table` in `run.save_table(...)`, or ''."""
    return getattr(call.func, "id", None) or getattr(call.func, "attr", None) or ""


def saved_id(call: ast.Call) -> str | None:
    """The id in `save_figure(fig, "id")` or `record.save_table(table, id="id")`, else None."""
    if called(call) not in SAVERS:
        return None
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    texts = (v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str))
    return next(texts, None)


def heading(source: str, kind: str = "markdown") -> str:
    """The first markdown heading in `source`, or ''."""
    match = re.search(r"^#{1,6} +(.+)$", source, re.MULTILINE) if kind == "markdown" else None
    return match[1].strip() if match else ""


def question(source: str) -> str:
    """The first sentence of prose in `source` that ends in a question mark, or ''."""
    prose = " ".join(line for line in source.splitlines() if not line.startswith("#"))
    match = re.search(r"(?:^|(?<=[.!?:]\s))([^.!?]*\?)", re.sub(r"[*_>\"“”]", "", prose))
    return match[1].strip() if match else ""
