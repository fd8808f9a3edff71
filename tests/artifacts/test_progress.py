"""Progress bars, one at a time; the processors and the memory that may be used."""

import math
import os
import sys
from io import StringIO
from pathlib import Path

import pytest

from cnnlab.artifacts import processes, progress
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


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 8 processors, without control groups so far."""
    monkeypatch.setattr(progress, "GROUPS", tmp_path)
    monkeypatch.setattr(progress, "MEMBERSHIPS", tmp_path / "memberships")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path


def join(groups: Path, membership: str, files: dict[str, str]) -> None:
    (groups / "memberships").write_text(membership)
    for name, text in files.items():
        path = groups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")


V1 = "4:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n0::/\n"


@pytest.mark.parametrize(
    ("membership", "files", "count"),
    [
        pytest.param("0::/\n", {"cpu.max": "250000 100000"}, 3, id="v2"),
        pytest.param("0::/\n", {"cpu.max": "max 100000"}, 8, id="v2 without a limit"),
        pytest.param(
            "0::/job/task\n",
            {"job/cpu.max": "100000 100000", "job/task/cpu.max": "max 100000"},
            1,
            id="v2, of a group above",
        ),
        pytest.param(
            V1,
            {"cpu,cpuacct/cpu.cfs_quota_us": "50000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
            1,
            id="v1, seen from inside",
        ),
        pytest.param(
            V1,
            {
                "cpu/docker/ab/cpu.cfs_quota_us": "200000",
                "cpu/docker/ab/cpu.cfs_period_us": "100000",
            },
            2,
            id="v1, seen from outside",
        ),
        pytest.param(V1, {"cpu/cpu.cfs_quota_us": "-1"}, 8, id="v1 without a limit"),
        pytest.param(V1, {"cpu/cpu.cfs_quota_us": "nonsense"}, 8, id="unreadable"),
        pytest.param("", {}, 8, id="no groups"),
    ],
)
def test_a_quota_is_no_count_of_processors(
    groups: Path, membership: str, files: dict[str, str], count: int
) -> None:
    join(groups, membership, files)
    assert progress.processors() == count


def test_an_affinity_and_a_machine_without_one(
    groups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert progress.processors() == 8
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    assert progress.processors() == 1
    monkeypatch.delattr(os, "sched_getaffinity")  # macOS and Windows
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert progress.processors() == 1


def test_libraries_are_told_of_a_quota(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert "OMP_NUM_THREADS" not in processes.environment()
    join(groups, "0::/\n", {"cpu.max": "200000 100000"})
    assert processes.environment()["OMP_NUM_THREADS"] == "2"
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # the reader's own word
    assert processes.environment()["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    ("membership", "files"),
    [
        ("0::/job\n", {"job/memory.max": "2000000000"}),
        ("4:memory:/ab\n", {"memory/ab/memory.limit_in_bytes": "2000000000"}),
    ],
)
def test_memory_is_what_the_group_may_use(
    groups: Path, membership: str, files: dict[str, str]
) -> None:
    whole = progress.memory()
    assert math.isfinite(whole) or sys.platform == "win32"
    join(groups, membership, files)
    assert progress.memory() == min(whole, 2e9)
    join(groups, membership, dict.fromkeys(files, "max"))
    assert progress.memory() == whole
