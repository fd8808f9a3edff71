"""What `show_source` prints is code that runs, without docstrings and decorators."""

import ast
from functools import cache
from typing import Any

import pytest

from cnnlab.results import show_source


@cache
def squared(x: int) -> int:
    """The square.

    Of a number.
    """

    # why: an example
    return x * x


class Pair:
    """Two numbers."""

    def total(self) -> int:
        """Their sum."""
        return 3


def test_a_function_is_shown_without_docstring_and_decorator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_source(squared)
    code = "def squared(x: int) -> int:\n    # why: an example\n    return x * x\n"
    assert capsys.readouterr().out == code


def test_a_class_and_a_method_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    show_source(Pair, Pair.total)
    shown = capsys.readouterr().out
    assert '"""' not in shown
    assert shown.endswith("        return 3\n\n\ndef total(self) -> int:\n    return 3\n")
    ast.parse(shown)


def test_a_notebook_highlights_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.core.getipython.get_ipython", object)

    def display(bundle: dict[str, str], **options: Any) -> None:
        assert options == {"raw": True}
        bundles.append(bundle)

    monkeypatch.setattr("IPython.display.display", display)
    show_source(Pair.total)
    (bundle,) = bundles
    assert bundle["text/markdown"] == f"```python\n{bundle['text/plain']}\n```"
    assert bundle["text/plain"] == "def total(self) -> int:\n    return 3"


def test_what_is_not_python_is_refused() -> None:
    with pytest.raises(TypeError, match="builtin_function"):
        show_source(len)
