"""What is refused in an archive before anything is read from it, and how damage is told."""

import contextlib
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from cnnlab.datasets.errors import DataError

MEMBER_LIMIT = 64 * 2**20  # bytes; photographs stay far below, decompression bombs do not
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
)


def checked(name: str, path: Path) -> str:
    """The member's name without `./` and final slash, or a refusal."""
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or ":" in plain.partition("/")[0] or "\0" in plain:
        raise DataError(
            f"{path} holds a member named {name!r}, which points outside the archive; "
            "do not use this file, fetch it again from its publisher"
        )
    return "/".join(parts)


def check_size(name: str, size: int, path: Path) -> None:
    """Refuse what is too large for an image, before it fills the memory."""
    if size > MEMBER_LIMIT:
        raise DataError(
            f"{name} in {path} has {size} bytes, more than any image ({MEMBER_LIMIT}); remove it"
        )


def no_file(name: str, kind: str, path: Path) -> DataError:
    """The refusal of a member that is neither file nor folder."""
    return DataError(
        f"{name} in {path} is {kind}, not a file; do not use this archive, "
        "fetch it again from its publisher"
    )


def hidden(name: str) -> bool:
    """What file managers add to folders and archives: dot files and __MACOSX."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


@contextlib.contextmanager
def readable(path: Path, member: str | None = None) -> Iterator[None]:
    """Tell damage and trouble of reading in one sentence with its mend."""
    what = f"{member} in {path}" if member else str(path)
    try:
        yield
    except _DAMAGE as error:
        reason = str(error).partition("\n")[0].rstrip(" :") or type(error).__name__
        raise DataError(f"{what} is damaged or incomplete ({reason}); fetch it again") from error
    except NotImplementedError as error:
        raise DataError(f"{what} cannot be read ({error}); repack it as an ordinary zip") from error
    except OSError as error:
        if isinstance(error, DataError):
            raise
        reason = error.strerror or str(error)
        raise DataError(
            f"{what} cannot be read ({reason}); make it readable or fetch it again"
        ) from error
