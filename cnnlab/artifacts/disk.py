"""What some file systems lack: syncing of folders, and locks; one warning says so."""

import errno
import os
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock, SoftFileLock

LACKING = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}
_said: set[str] = set()


def lacking(folder: Path) -> list[str]:
    """Which of locks and syncing the file system of a writable folder lacks."""
    handle = os.open(folder, os.O_RDONLY)
    trials = {"locks": FileLock(folder / ".trial").acquire, "syncing": lambda: os.fsync(handle)}
    lacking = []
    for name, trial in trials.items():
        try:
            trial()
        except OSError as error:
            if error.errno not in LACKING:
                raise
            lacking.append(name)
    os.close(handle)
    return lacking


def sync_folder(folder: Path) -> None:
    """Have the names in a folder reach the disk now, where its file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # Windows opens no folder
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in LACKING:
            raise
        _say_once("sync", f"{folder} cannot be synced: a power cut may lose the last files there")
    finally:
        os.close(handle)


def lock(path: Path, timeout: float = -1) -> Any:
    """Hold the lock file `path` for a with block; raises filelock.Timeout after `timeout` seconds.

    Where the file system has no locks, a marker beside it takes their place. It names its process,
    so that the next one can tell when that is gone.
    """
    try:
        return FileLock(path).acquire(timeout=timeout)
    except OSError as error:
        if error.errno not in LACKING:
            raise
    marker = path.with_name(f"{path.name}ed")
    _say_once("lock", f"{path.parent} has no locks: files such as {marker.name} take their place")
    return SoftFileLock(marker).acquire(timeout=timeout)


def _say_once(what: str, sentence: str) -> None:
    if what not in _said:
        _said.add(what)
        print(f"cnnlab: {sentence}", file=sys.stderr)
