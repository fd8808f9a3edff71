"""What a run takes from its surroundings and what it leaves out: streams, home, system, memory."""

import atexit
import codecs
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path

from cnnlab.artifacts import processes, progress

BACKEND = "module://matplotlib_inline.backend_inline"
SETTINGS = ("MPLBACKEND", "MATPLOTLIBRC", "IPYTHONDIR")  # replaced in kernels by our own
MEMORY = {"smoke": 2, "mini": 4, "course": 6, "paper": 95}  # GB that a profile takes
HOMELESS = "cnnlab-home-"  # begins the name of a temporary home
SUPPORTED = ("linux", "darwin")
WINDOWS = "cnnlab runs notebooks on Linux and macOS; on Windows, install and run it inside WSL 2"
PLAIN = str.maketrans({"✓": "+", "✗": "x", "·": "-", "…": "~", "→": ">"})


def settle() -> None:
    """Let this process print on any stream, keep within a quota, and do without a home folder."""
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")  # pyright: ignore[reportAttributeAccessIssue]
    os.environ.update(processes.quota_threads())
    try:
        Path.home()
    except RuntimeError:  # a number without an account, as containers have
        folder = tempfile.mkdtemp(prefix=HOMELESS)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["HOME"] = folder


def check_system() -> None:
    """Raise ValueError, with what to do, where notebooks cannot be run."""
    if sys.platform not in SUPPORTED:
        raise ValueError(WINDOWS if sys.platform == "win32" else f"{WINDOWS}; here: {sys.platform}")


def memory_warning(profile: str, jobs: int) -> str:
    """A sentence where this process may use less memory than a run takes; else ""."""
    needed, limit = MEMORY.get(profile, 4) * jobs, progress.memory() / 1e9
    if limit > 0.95 * needed:  # 4 GB of a shop are 3.9 for programs
        return ""
    less = "use --jobs 1, or " if jobs > 1 else ""
    return (
        f"{limit:.1f} GB of memory may be used here, {profile} takes up to {needed} GB: notebooks "
        f"may be killed; {less}run fewer at a time with --only, or another profile"
    )


def home() -> Path | None:
    """The home folder, or None for an account that has none that can be written."""
    try:
        folder = Path.home()
    except RuntimeError:
        return None
    lent = folder.name.startswith(HOMELESS)
    return folder if os.access(folder, os.W_OK) and not lent else None


def kernel_environment(own: Path) -> dict[str, str]:
    """The environment of a kernel that keeps what it needs for itself in the folder `own`.

    Results are the notebook's, whatever the reader's own startup files and settings say.
    """
    values = {"MPLBACKEND": BACKEND, "MATPLOTLIBRC": os.devnull, "IPYTHONDIR": str(own / "ipython")}
    values["JUPYTER_RUNTIME_DIR"] = str(own)
    if home() is None:
        values["MPLCONFIGDIR"] = str(own)
    return {**processes.environment(), **values}


def left_out() -> list[str]:
    """Names of the reader's variables that kernels and workers do not get."""
    kept = processes.environment()
    dropped = [name for name, value in os.environ.items() if kept.get(name) != value]
    return sorted({*dropped, *(name for name in SETTINGS if name in os.environ)})


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What to print for characters that a stream cannot encode."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(PLAIN)
    return text.encode("ascii", "replace").decode(), error.end


def processors() -> str:
    """The processors that may be used, in words."""
    here, share = progress.affinity(), progress.quota()
    limit = "" if math.isinf(share) else f" (a quota of {share:g})"
    return f"{progress.processors()} of {max(here, os.cpu_count() or 1)}{limit}"
