"""The fingerprint follows what a definition uses, wherever it lies."""

import ast
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnlab.artifacts import fingerprint as module
from cnnlab.artifacts.fingerprint import fingerprint

MAKER = """
from cnnlab.zz_parts import SIZE, half, unused

def make(x):
    return half(x) + SIZE
"""
PARTS = """
import math
SIZE = 3
OTHER = 4

def half(x: int) -> int:
    # halves
    return math.floor(x / 2)

def unused(x):
    return OTHER
"""

Write = Callable[[dict[str, str]], str]


@pytest.fixture
def print_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """The fingerprint of `make` in a package of the given modules."""
    package = tmp_path / "cnnlab"
    monkeypatch.setattr(module, "PACKAGE", package)

    def write(files: dict[str, str]) -> str:
        for path in package.rglob("*.py"):
            path.unlink()
        for name, text in {"__init__": "", **files}.items():
            path = package.joinpath(*name.split(".")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        module._module.cache_clear()
        module._definition.cache_clear()
        home = next(name for name, text in files.items() if "def make" in text)

        def make() -> None: ...

        make.__module__, make.__qualname__ = f"cnnlab.{home}", "make"
        return fingerprint(make)

    yield write
    module._module.cache_clear()
    module._definition.cache_clear()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# halves", "# divides by two"),
        ("def half(x: int) -> int:", "def half(x: float) -> float:"),
        ("def half(x: int) -> int:", 'def half(x: int) -> int:\n    """New words."""'),
        ("return OTHER", "return 2 * OTHER"),
        ("OTHER = 4", "OTHER = 5"),
    ],
    ids=["comment", "hint", "docstring", "unused function", "unused constant"],
)
def test_what_is_not_used_does_not_count(print_of: Write, old: str, new: str) -> None:
    before = print_of({"zz_maker": MAKER, "zz_parts": PARTS})
    assert print_of({"zz_maker": MAKER, "zz_parts": PARTS.replace(old, new)}) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x / 2", "x / 3"),
        ("SIZE = 3", "SIZE = 4"),
        ("import math", "import cmath as math"),
        ("import math", "import math\nmath.tau = 6"),
    ],
    ids=["function", "constant", "library", "what runs on import"],
)
def test_what_is_used_counts(print_of: Write, old: str, new: str) -> None:
    before = print_of({"zz_maker": MAKER, "zz_parts": PARTS})
    assert print_of({"zz_maker": MAKER, "zz_parts": PARTS.replace(old, new)}) != before


def test_a_move_or_a_new_face_changes_nothing(print_of: Write) -> None:
    before = print_of({"zz_maker": MAKER, "zz_parts": PARTS})
    moved = MAKER.replace("cnnlab.zz_parts", "cnnlab.wing.zz_pieces")
    assert print_of({"deep.zz_factory": moved, "wing.zz_pieces": PARTS}) == before
    face = "from cnnlab.zz_pieces import SIZE, half, unused\n"
    assert print_of({"zz_maker": MAKER, "zz_parts": face, "zz_pieces": PARTS}) == before


def test_the_methods_of_an_argument_count(print_of: Write) -> None:
    maker = "from cnnlab.zz_parts import Part\n\ndef make(x: Part):\n    return x.half()\n"
    parts = "class Part:\n    def half(self):\n        return 0.5\n"
    before = print_of({"zz_maker": maker, "zz_parts": parts})
    assert print_of({"zz_maker": maker, "zz_parts": parts.replace("0.5", "0.4")}) != before


def test_a_module_used_as_a_whole_counts_as_a_whole(print_of: Write) -> None:
    text = "from cnnlab import zz_parts\n\ndef make(x):\n    return vars(zz_parts)[x]\n"
    other = PARTS.replace("OTHER = 4", "OTHER = 5")
    before = print_of({"zz_maker": text, "zz_parts": PARTS})
    assert print_of({"zz_maker": text, "zz_parts": other}) != before


def test_an_attribute_of_a_module_counts_alone(print_of: Write) -> None:
    text = "from cnnlab import zz_parts\n\ndef make(x):\n    return zz_parts.half(x)\n"
    other = PARTS.replace("OTHER = 4", "OTHER = 5")
    before = print_of({"zz_maker": text, "zz_parts": PARTS})
    assert print_of({"zz_maker": text, "zz_parts": other}) == before
    assert print_of({"zz_maker": text, "zz_parts": PARTS.replace("x / 2", "x / 3")}) != before


def test_code_of_a_notebook_counts_by_what_it_names() -> None:
    def of(text: str) -> str:
        return fingerprint(ast.parse(text))

    lrn = of("from cnnlab.nets.lrn import LRN\nLRN()")
    assert lrn != of("from cnnlab.nets.lrn import LRN\n1") == of("2")
    assert lrn == of("from cnnlab.nets import lrn as other\nother.LRN(k=2)")


def test_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="is no definition of cnnlab"):
        fingerprint(importlib.import_module)


def test_a_definition_is_written_alike_by_every_python() -> None:
    """Python 3.12 added a field to functions and classes, and 3.13 leaves out empty ones."""
    node = ast.parse("@cache\nclass A(B):\n def f(self, x=(), *y): pass").body[0]
    text = ast.dump(module._bare(node), **module.WHOLE)
    assert "type_params" not in text
    assert text == (
        "ClassDef(name='A', bases=[Name(id='B', ctx=Load())], keywords=[], body=[FunctionDef("
        "name='f', args=arguments(posonlyargs=[], args=[arg(arg='self'), arg(arg='x')], "
        "vararg=arg(arg='y'), kwonlyargs=[], kw_defaults=[], defaults=[Tuple(elts=[], ctx=Load())])"
        ", body=[Pass()], decorator_list=[])], decorator_list=[Name(id='cache', ctx=Load())])"
    )
