"""Profiles: what is refused, what the environment fills in, what the papers say."""

from pathlib import Path

import pytest

from cnnlab.profiles import COURSE, PAPER, parse_sources, profiles, resolve, scaled
from cnnlab.results.published import published_table


def test_unknown_names_are_refused_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="no profile 'maxi'; there are smoke, mini, course, paper"):
        resolve("maxi")
    with pytest.raises(ValueError, match="no role 'imagnet'; there are imagenet, caltech101"):
        resolve("mini", sources={"imagnet": "world"})
    with pytest.raises(ValueError, match="no field 'widht'; it has name, roles, crop, width"):
        scaled(PAPER, widht=1)
    with pytest.raises(ValueError, match="ROLE=NAME or ROLE=FOLDER, not 'caltech101'"):
        parse_sources("caltech101")


def test_environment_fills_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_SOURCES", "caltech101=world, sun=sun397")
    monkeypatch.setenv("CNNLAB_DATA_DIR", "/somewhere")
    found = resolve("course")
    assert found.roles["caltech101"].source == "world" and found.roles["sun"].source == "sun397"
    assert found.data_dir == Path("/somewhere")
    assert resolve("course", sources={}, data_dir="/else").roles == COURSE.roles
    assert resolve("course", data_dir="/else").data_dir == Path("/else")


def test_paper_profile_has_the_printed_numbers() -> None:
    table = published_table("zf-text")
    text = {
        (r, c): v for r, c, v in zip(table["row"], table["column"], table["value"], strict=True)
    }
    recipe = PAPER.base
    assert recipe.batch == text["training", "batch-size"]
    assert recipe.lr == text["training", "initial-lr"]
    assert recipe.momentum == text["training", "momentum"]
    assert recipe.dropout == text["training", "dropout"]
    assert recipe.images == text["training", "epochs"] * text["imagenet2012", "train-images"]
    assert (
        PAPER.crop == text["training", "crop-side"] and PAPER.crops == text["training", "sub-crops"]
    )
    assert PAPER.roles["imagenet"].pixels == text["training", "resize-side"]
    assert PAPER.roles["imagenet"].classes == text["imagenet2012", "classes"]
    epochs = [int(value) for (row, _), value in text.items() if row == "fig3-epochs"]
    assert [round(share * 70) for share in recipe.checkpoints] == epochs


def test_every_profile_names_every_role() -> None:
    for profile in profiles().values():
        assert set(profile.roles) == set(PAPER.roles), profile.name
