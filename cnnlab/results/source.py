"""Text in a notebook: a sentence, or the code of a method as it stands in the package."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def show_source(*functions: Callable[..., Any] | type) -> None:
    """Display the code of functions or classes, without docstrings and without decorators.

    A notebook highlights it in the colours of its theme; elsewhere it is plain text. Raises
    TypeError for what was not written in Python.

    >>> from cnnlab.results import published_ids, show_source
    >>> show_source(published_ids)
    def published_ids() -> list[str]:
        return sorted(path.stem for path in paths.published().glob("*.csv"))
    """
    code = "\n\n\n".join(_code(function) for function in functions)
    show_text(f"```python\n{code}\n```", code)


def show_text(markdown: str, plain: str | None = None) -> None:
    """Display text as markdown in a notebook; elsewhere print it, filled or as `plain` says."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    plain = plain or textwrap.fill(markdown, 99)
    if get_ipython() is None:
        print(plain)
    else:
        display({"text/markdown": markdown, "text/plain": plain}, raw=True)


def _code(function: Callable[..., Any] | type) -> str:
    text = textwrap.dedent(inspect.getsource(function))
    lines = text.splitlines()
    hidden: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                hidden |= set(range(decorator.lineno, (decorator.end_lineno or 0) + 1))
        if ast.get_docstring(node, clean=False) is not None and len(node.body) > 1:
            first, second = node.body[:2]
            hidden |= set(range(first.lineno, (first.end_lineno or 0) + 1))
            after = (first.end_lineno or 0) + 1  # a blank line that set the docstring apart
            if after < second.lineno and not lines[after - 1].strip():
                hidden.add(after)
    return "\n".join(line for n, line in enumerate(lines, 1) if n not in hidden)
