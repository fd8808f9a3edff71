"""Content-addressed artifacts: load what was made, or make it once, whole or not at all.

An artifact is a folder `cache/<kind>/<key>`. Its key hashes everything that determines its bytes:
the configuration and the code that builds it. It appears by one rename, with a manifest of
SHA-256 sums that is checked when it is opened. Builders work in `<key>.partial` under a lock; a
killed build leaves that folder behind, and the next build of the same key gets it back, unless a
file of `write_atomic` in it is no longer what was written.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import Timeout

from cnnlab.artifacts import paths
from cnnlab.artifacts.disk import lock, sync_folder
from cnnlab.artifacts.fingerprint import Source, fingerprint
from cnnlab.artifacts.plain import to_plain

MANIFEST = "manifest.json"
PARTIAL, SUMS = ".partial", ".sums"  # ends of a folder that is being filled, and of sums in it
BULK = ".bulk.npy"  # ends of files that would take minutes to hash: their builder keeps their sums
PATIENCE = 1.0  # seconds of waiting for another process before it is said


class StoreError(RuntimeError):
    """A thing could not be written or read back; the message names it and the fix."""


def make(
    kind: str,
    config: Mapping[str, Any],
    build: Callable[[Path], None],
    *,
    code: tuple[Source, ...] = (),
) -> Path:
    """Return the folder of the artifact `(kind, config, code)`, building it where it is missing.

    `build(workdir)` writes its files into `workdir`; it may find there what a killed build of the
    same artifact left. A folder whose files no longer match their sums is put aside and rebuilt.
    Raises StoreError where the cache cannot be written.
    """
    key = key_of(kind, config, code)
    folder = paths.cache() / kind / key
    if _damage(folder) is None:  # a whole cache may be read-only, or another user's
        return folder
    with explain_disk_errors(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            damage = _damage(folder)
            if damage is None:
                return folder
            if folder.exists():
                complaint = f"{kind}/{key} is damaged ({damage}); making it again"
                print(f"cnnlab: {complaint}", file=sys.stderr)
                shutil.rmtree(folder)
            workdir = folder.with_name(f"{key}{PARTIAL}")
            workdir.mkdir(exist_ok=True)
            if damaged := _damaged(workdir):
                print(f"cnnlab: {damaged} is damaged; starting again", file=sys.stderr)
                shutil.rmtree(workdir)
                workdir.mkdir()
            began = time.monotonic()
            build(workdir)
            about = {"kind": kind, "config": to_plain(config)}
            _seal(workdir, {**about, "seconds": round(time.monotonic() - began, 1)})
            workdir.replace(folder)
            sync_folder(folder.parent)
    _verified.add((folder, _identity(folder)))
    return folder


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from making the same artifact; say so where one is at it."""
    path = folder.with_name(f"{folder.name}.lock")
    try:
        held = lock(path, PATIENCE)
    except Timeout:
        what = f"{folder.parent.name}/{folder.name}"
        print(f"cnnlab: waiting for another process, which makes {what}", file=sys.stderr)
        held = lock(path)
    with held:
        yield


def key_of(kind: str, config: Mapping[str, Any], code: tuple[Source, ...] = ()) -> str:
    """The 20 hex digits that name an artifact: a hash of its kind, configuration and code."""
    text = json.dumps([kind, to_plain(config), fingerprint(*code)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that readers see the old file or the whole new one."""
    with explain_disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            if path.parent.suffix == PARTIAL and path.name != MANIFEST:
                _note_sum(path, hashlib.sha256(data).hexdigest())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# An artifact opened twenty times in one notebook is hashed once: a cache, not a setting.
_verified: set[tuple[Path, tuple[int, int]]] = set()


def _damage(folder: Path) -> str | None:
    """What is wrong with an artifact in one phrase, or None when every file matches its sum."""
    if not folder.exists():
        return "missing"
    try:
        identity = (folder, _identity(folder))
        if identity in _verified:
            return None
        manifest = json.loads((folder / MANIFEST).read_text())
        for name, expected in manifest["files"].items():
            path = folder / name
            if path.stat().st_size != expected["bytes"]:
                return f"{name} has {path.stat().st_size} bytes, {expected['bytes']} were written"
            if sha256(path) != expected["sha256"]:
                return f"{name} does not match its checksum"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{type(error).__name__}: {error}".replace(f"{folder}{os.sep}", "")
    _verified.add(identity)
    return None


def _identity(folder: Path) -> tuple[int, int]:
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return max(s.st_mtime_ns for s in stats), sum(s.st_size for s in stats)


def _note_sum(path: Path, digest: str) -> None:
    """Keep the sums of a file's last two states: a kill may come before or after its rename."""
    sums = path.with_name(path.name + SUMS)
    lines = sums.read_text().split()[-1:] if sums.exists() else []
    fresh = sums.with_name(f".{sums.name}")
    fresh.write_text("\n".join([*lines, digest]))
    fresh.replace(sums)


def _damaged(workdir: Path) -> Path | None:
    """A file that a killed build wrote whole and that is so no longer, if there is one."""
    for sums in workdir.glob(f"*{SUMS}"):
        path = sums.with_name(sums.name.removesuffix(SUMS))
        if path.exists() and sha256(path) not in sums.read_text(errors="replace").split():
            return path
    return None


def _seal(workdir: Path, about: dict[str, Any]) -> None:
    for sums in workdir.glob(f"*{SUMS}"):
        sums.unlink()
    every = sorted(path for path in workdir.rglob("*") if path.is_file())
    files = [path for path in every if path.name != MANIFEST and not path.name.endswith(BULK)]
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sums = {
        path.relative_to(workdir).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in files
    }
    write_atomic(workdir / MANIFEST, json.dumps({**about, "files": sums}, indent=1).encode())


# Failures of the disk, not of the builder: full, over quota, read-only, forbidden, failing.
DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
DISK_ERRORS |= {errno.ENOTDIR, errno.EFBIG}  # a file for a folder; too large for its file system
_VARIABLES = "with CNNLAB_CACHE (artifacts) or CNNLAB_FIGURES (figures)"


@contextlib.contextmanager
def explain_disk_errors(path: Path, option: str = _VARIABLES) -> Iterator[None]:
    """Tell a failure of the disk in one sentence with its fix; other errors pass as they are."""
    try:
        yield
    except OSError as error:
        # NumPy tells of a write that ended early without a number
        short = error.errno is None and str(error).endswith("written")
        if error.errno not in DISK_ERRORS and not short:
            raise
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}; free space there, or name a writable "
            f"folder {option}"
        ) from error
