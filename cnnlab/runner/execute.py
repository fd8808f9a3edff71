"""Execute one notebook in a process of its own: `python -m cnnlab.runner.execute JOB`, JOB as JSON.

Each event goes to standard output as one line of JSON. The process ends, and takes its kernel
along, when its standard input closes: that is how it learns of the death of the process that
started it, however that came about.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from typing import Any


class Link:
    """The line to the process that started this one."""

    def __init__(self) -> None:
        self._kernel: int | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def say(self, event: str, **values: Any) -> None:
        """Report one event."""
        line = json.dumps({"event": event, **values})
        # one write, on a line of its own: libraries and the kernel print to the same pipe
        os.write(1, f"\n{line}\n".encode())

    def kernel_started(self, process: int) -> None:
        """Take note of the kernel, which leads a process group of its own."""
        self._kernel = process

    def _watch(self) -> None:
        while os.read(0, 4096):
            pass
        if self._kernel is not None:
            with contextlib.suppress(OSError):
                os.killpg(self._kernel, signal.SIGKILL)
        os._exit(130)


def main() -> int:
    """Execute the job named on the command line; returns the exit status."""
    link = Link()  # before the slow imports, which an orphan should not sit through
    # An optional checker of web addresses, which notebooks hold none of, takes half of the start.
    sys.modules.setdefault("rfc3987_syntax", None)  # pyright: ignore[reportArgumentType]
    from cnnlab.runner.engine import execute

    return execute(json.loads(sys.argv[1]), link)


if __name__ == "__main__":
    sys.exit(main())
