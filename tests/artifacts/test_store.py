"""The store: whole or not at all, under concurrency, damage, kills and full disks."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from cnnlab.artifacts import paths, store
from cnnlab.nets.lrn import LRN

CODE = (LRN,)


def builder(text: str = "made", calls: list[int] | None = None):
    def build(workdir: Path) -> None:
        if calls is not None:
            calls.append(1)
        (workdir / "a.txt").write_text(text)
        (workdir / "deep").mkdir(exist_ok=True)
        (workdir / "deep" / "b.bin").write_bytes(b"\0" * 1000)

    return build


def test_made_once_then_opened() -> None:
    calls: list[int] = []
    first = store.make("thing", {"x": 1}, builder(calls=calls))
    again = store.make("thing", {"x": 1}, builder(calls=calls))
    other = store.make("thing", {"x": 2}, builder(calls=calls))
    assert first == again != other and len(calls) == 2
    assert (first / "a.txt").read_text() == "made"


@dataclass(frozen=True)
class Config:
    size: int
    sides: tuple[int, ...] = (1, 2)


def test_key_depends_on_kind_config_and_code() -> None:
    keys = {
        store.key_of("a", {"c": Config(1)}),
        store.key_of("b", {"c": Config(1)}),
        store.key_of("a", {"c": Config(2)}),
        store.key_of("a", {"c": Config(1, (2, 1))}),
        store.key_of("a", {"c": Config(1)}, CODE),
    }
    assert len(keys) == 5
    assert store.key_of("a", {"x": 1, "y": 2}) == store.key_of("a", {"y": 2, "x": 1})
    with pytest.raises(TypeError, match="cannot be part of an artifact's key"):
        store.key_of("a", {"x": object()})


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "manifest"])
def test_damage_is_said_and_mended(damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = store.make("thing", {}, builder())
    path = folder / "deep" / "b.bin"
    if damage == "truncate":
        path.write_bytes(b"\0" * 999)
    elif damage == "flip":
        path.write_bytes(b"\0" * 999 + b"\1")
    elif damage == "remove":
        path.unlink()
    else:
        (folder / store.MANIFEST).write_text("{")
    assert store.make("thing", {}, builder("again")) == folder
    assert "damaged" in capsys.readouterr().err
    assert (folder / "a.txt").read_text() == "again"
    assert path.read_bytes() == b"\0" * 1000


def test_failed_build_leaves_no_artifact() -> None:
    def build(workdir: Path) -> None:
        (workdir / "half").write_text("half")
        raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        store.make("thing", {}, build)
    folder = store.make("thing", {}, builder())
    assert json.loads((folder / store.MANIFEST).read_text())["kind"] == "thing"


def test_waiting_for_another_process_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    folder = store.make("thing", {}, builder())
    shutil.rmtree(folder)
    assert "waiting" not in capsys.readouterr().err
    held = threading.Event()

    def hold() -> None:
        with FileLock(f"{folder}.lock"):
            held.set()
            time.sleep(0.5)

    threading.Thread(target=hold).start()
    held.wait()
    assert store.make("thing", {}, builder()) == folder
    waiting = f"waiting for another process, which makes thing/{folder.name}\n"
    assert capsys.readouterr().err == f"cnnlab: {waiting}"


def test_a_whole_artifact_is_opened_without_a_lock_or_a_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = store.make("thing", {}, builder())
    before = sorted(paths.cache().rglob("*"))
    folder.with_name(f"{folder.name}.lock").unlink()
    store._verified.clear()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("cnnlab.artifacts.disk.FileLock", "pathlib.Path.mkdir", "os.fsync"):
        monkeypatch.setattr(name, refuse)  # as on a file system that is mounted to be read
    assert store.make("thing", {}, builder()) == folder
    assert len(sorted(paths.cache().rglob("*"))) == len(before) - 1
    with pytest.raises(store.StoreError, match=r"cannot write .*other: Read-only file system"):
        store.make("other", {}, builder())


SLOW = """
import sys, time
from pathlib import Path
from cnnlab.artifacts import store
def build(workdir):
    with (workdir / "log").open("a") as log:
        log.write(f"{sys.argv[1]} began\\n")
    (workdir / "begun").touch()
    time.sleep(float(sys.argv[2]))
    (workdir / "data").write_text("x" * 10000)
folder = store.make("slow", {}, build)
print((folder / "log").read_text())
"""


def slow(name: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, name, str(seconds)], stdout=subprocess.PIPE, text=True
    )


def test_many_processes_make_it_once() -> None:
    logs = [p.communicate(timeout=60)[0] for p in [slow(f"p{i}", 0.3) for i in range(4)]]
    assert len(set(logs)) == 1 and logs[0].count("began") == 1


def test_a_killed_build_hands_its_folder_to_the_next() -> None:
    first = slow("killed", 60)
    kind = paths.cache() / "slow"
    deadline = time.monotonic() + 30
    while not list(kind.glob("*.partial/begun")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert first.stdout is not None
    first.stdout.close()
    log = slow("next", 0).communicate(timeout=60)[0]
    assert log.split() == ["killed", "began", "next", "began"]


def test_write_atomic_replaces_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x" / "file"
    store.write_atomic(path, b"one")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(store.StoreError, match=r"cannot write .*file: No space left.*CNNLAB_CACHE"):
        store.write_atomic(path, b"two")
    assert path.read_bytes() == b"one" and list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("killed", ["between", "after"])
def test_a_resumed_build_gets_back_what_is_whole(
    killed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is whole whether the kill came before or after its last rename; else all goes."""
    seen: list[bytes | None] = []

    def build(workdir: Path) -> None:
        path = workdir / "resume"
        seen.append(path.read_bytes() if path.exists() else None)
        store.write_atomic(path, b"one")
        store.write_atomic(path, b"two")
        if len(seen) < 3:
            if killed == "between":  # the sum is there, the file is still the one before
                store._note_sum(path, store.hashlib.sha256(b"three").hexdigest())
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            store.make("thing", {}, build)
    assert seen == [None, b"two"] and "damaged" not in capsys.readouterr().err
    (path,) = paths.cache().rglob("resume")
    path.write_bytes(b"tvo")
    folder = store.make("thing", {}, build)
    assert seen == [None, b"two", None] and "damaged" in capsys.readouterr().err
    assert sorted(p.name for p in folder.iterdir()) == [store.MANIFEST, "resume"]


def test_full_disk_in_a_build_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(workdir: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(store.StoreError, match="free space there, or name a writable folder"):
        store.make("thing", {}, build)


def test_a_builders_own_missing_file_stays_what_it_is() -> None:
    def build(workdir: Path) -> None:
        (workdir / "none").read_text()

    with pytest.raises(FileNotFoundError):
        store.make("thing", {}, build)


def test_cache_that_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "file"))
    with pytest.raises(store.StoreError, match="Not a directory"):
        store.make("thing", {}, builder())
