"""Progress bars: one at a time."""

from io import StringIO

import pytest

from cnnlab.artifacts.progress import bar


def test_a_bar_inside_another_takes_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    with bar("outer", 2) as outer:
        with bar("inner", 2) as inner:
            for progress in (outer, inner):
                progress.delay = 0  # shown from the start
                progress.refresh()
        outer.refresh()
    text = screen.getvalue()
    assert text.index("outer") < text.index("inner") < text.rindex("outer")
    assert "\n" not in text and "\x1b" not in text  # no second line, no way back up
