"""Text in a notebook: a sentence, or the code of a method as it stands in the package."""

import inspect
import re
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
    """The code of a function or class, less docstrings and decorators of functions."""
    text = textwrap.dedent(inspect.getsource(function))
    text = re.sub(r'^ *""".*?"""\n+', "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ *@(?!dataclass).*\n", "", text, flags=re.MULTILINE).rstrip()
