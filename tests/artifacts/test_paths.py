"""Where things lie, in a clone and away from it."""

from pathlib import Path

import pytest

from cnnlab.artifacts import paths
from cnnlab.results.published import published_table


def test_a_clone_holds_what_the_installed_package_does_not() -> None:
    assert paths.in_checkout("data/published").is_dir()
    assert not paths.in_checkout("data/nothing").exists()  # the caller says what is missing


def test_away_from_a_clone_the_fix_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    for call in (paths.notebooks, paths.published, lambda: published_table("zf-table1")):
        with pytest.raises(FileNotFoundError, match=r"is no clone of it: clone the repository and"):
            call()
    assert paths.cache()  # of which a package has one, too
