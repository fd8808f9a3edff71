"""Every public function of a wing shows in its docstring how it is used, and examples are right."""

import ast
import doctest
import importlib

import pytest
from test_house import faces, modules

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def documented() -> dict[tuple[str, str], str]:
    """(Wing, public function or class) -> its docstring."""
    texts = {}
    for wing, names in faces().items():
        for name, module in names.items():
            for node in modules()[f"{wing}.{module}"].body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                    texts[wing, name] = ast.get_docstring(node) or ""
    return texts


EXAMPLES = [key for key, text in documented().items() if ">>> " in text]


@pytest.mark.parametrize(("wing", "name"), EXAMPLES)
def test_example_is_right(wing: str, name: str) -> None:
    value = getattr(importlib.import_module(wing), name)
    globs = {**vars(importlib.import_module(value.__module__))}
    test = doctest.DocTestParser().get_doctest(value.__doc__, globs, name, value.__module__, 0)
    report: list[str] = []
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert results.attempted and not results.failed, "".join(report)


def test_every_public_function_has_an_example() -> None:
    assert sorted(documented().keys() - set(EXAMPLES)) == []
