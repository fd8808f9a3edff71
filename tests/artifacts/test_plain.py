"""What goes to JSON and back, and what may not go."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cnnlab.artifacts.plain import from_plain, read_json, to_plain
from cnnlab.nets import zoo
from cnnlab.profiles import Profile, profiles
from cnnlab.training.jobs import Job


@dataclass(frozen=True)
class Inner:
    number: float


@dataclass(frozen=True)
class Outer:
    many: tuple[Inner, ...]
    named: Mapping[int, Inner]
    where: Path | None = None


def through_json(value: object) -> object:
    return json.loads(json.dumps(to_plain(value)))


@pytest.mark.parametrize("name", list(profiles()))
def test_profiles_come_back_equal(name: str) -> None:
    profile = replace(profiles()[name], data_dir=Path("/some/where"))
    assert from_plain(Profile, through_json(profile)) == profile
    assert from_plain(Profile, through_json(profiles()[name])).data_dir is None


@pytest.mark.parametrize("name", list(zoo.zf14_table3()))
def test_jobs_come_back_equal(name: str) -> None:
    job = Job(zoo.zf14_table3()[name].scaled(56, 0.25, 20), profiles()["mini"].study, seed=3)
    back = from_plain(Job, through_json(job))
    assert back == job
    assert back.spec.shapes() == job.spec.shapes()


def test_nested_types_are_restored() -> None:
    outer = Outer((Inner(1.5), Inner(2.0)), {7: Inner(3.0)}, Path("a/b"))
    plain = to_plain(outer)
    assert plain == {
        "many": [{"number": 1.5}, {"number": 2.0}],
        "named": {"7": {"number": 3.0}},
        "where": "a/b",
    }
    back = from_plain(Outer, through_json(outer))
    assert back == outer
    assert isinstance(back.where, Path) and list(back.named) == [7]


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", Inner, {"deep": [object()]}])
def test_what_json_could_not_give_back_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be part"):
        to_plain(value)


@pytest.mark.parametrize("text", [None, "{", "[1]", ""])
def test_a_file_without_an_object_reads_as_empty(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "a.json").write_text(text)
    assert read_json(tmp_path / "a.json") == {}
    (tmp_path / "a.json").write_text('{"a": 1}')
    assert read_json(tmp_path / "a.json") == {"a": 1}
