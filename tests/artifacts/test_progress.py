"""Progress bars: one at a time."""

from cnnlab.artifacts.progress import bar


def test_a_bar_inside_another_stays_away() -> None:
    with bar("outer", 2) as outer:
        with bar("inner", 2) as inner:
            assert inner.disable and not outer.disable
            inner.update()
        outer.update()
    with bar("next", 2) as after:
        assert not after.disable
