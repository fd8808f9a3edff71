"""File systems without syncing or locks: things go on, after one warning."""

import errno
import os
from pathlib import Path

import filelock
import pytest

from cnnlab.artifacts import disk, store


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_said", set())


def without_syncing(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let the syncing of folders, not of files, fail."""
    sync = os.fsync

    def refuse(handle: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112
            raise OSError(code, os.strerror(code))
        sync(handle)

    monkeypatch.setattr(os, "fsync", refuse)


def without_locks(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells folders by /proc")
@pytest.mark.parametrize("code", [errno.EINVAL, errno.EOPNOTSUPP])
def test_folders_that_cannot_be_synced_are_said_once(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_syncing(monkeypatch, code)
    assert disk.lacking(tmp_path) == ["syncing"]
    store.write_atomic(tmp_path / "a", b"one")
    store.write_atomic(tmp_path / "b", b"two")
    said = capsys.readouterr().err
    assert said.startswith("cnnlab: ") and said.count("\n") == 1 and "cannot be synced" in said
    assert (tmp_path / "b").read_bytes() == b"two"


def test_a_failing_disk_is_no_file_system_without_syncing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        disk.sync_folder(tmp_path)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_marker_takes_the_place_of_a_lock(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_locks(monkeypatch, code)
    assert disk.lacking(tmp_path) == ["locks"]
    path = tmp_path / "x.lock"
    with disk.lock(path), pytest.raises(filelock.Timeout):
        disk.lock(path, timeout=0)
    with disk.lock(path, timeout=0):
        pass
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "has no locks: files such as x.locked" in said

    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    folder = store.make("thing", {}, lambda workdir: (workdir / "a").touch())
    assert (folder / "a").exists()
    assert capsys.readouterr().err == ""


def test_the_marker_of_a_process_that_is_gone_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch, errno.ENOLCK)
    child = os.fork()
    if child == 0:
        held = disk.lock(tmp_path / "x.lock")
        os._exit(held is None)
    os.waitpid(child, 0)
    assert (tmp_path / "x.locked").exists()
    with disk.lock(tmp_path / "x.lock", timeout=10):
        pass
