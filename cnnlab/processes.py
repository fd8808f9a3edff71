"""Child processes that do not outlive their parent, however it dies."""

import ctypes
import os
import signal
import sys


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere nothing happens."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)
