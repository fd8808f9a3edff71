"""The process that executes one notebook, and the two ends of the pipe to the run that started it.

Each event goes to the run as one line of JSON. The process ends, and takes its kernel along, when
its standard input closes: that is how it learns that the run has ended, for whatever reason.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

GRACE = 10.0  # seconds it gets to end its kernel


class NotebookProcess:
    """The run's end: a process that executes a job (see `cnnlab.runner.execute`)."""

    def __init__(
        self, job: Mapping[str, Any], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.last_line = ""  # of what it prints besides events, such as a traceback
        self._since = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cnnlab.runner", json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=folder,
            env=environment,
            start_new_session=True,  # Ctrl-C reaches the run alone, which then ends its processes
        )

    @property
    def seconds(self) -> float:
        """Seconds since it started."""
        return time.monotonic() - self._since

    def events(self) -> Iterator[dict[str, Any]]:
        """What it reports, up to its end, which is an event too."""
        for line in self._process.stdout or ():
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict):
                yield event
            elif line.strip():
                self.last_line = line.strip()
        yield {"event": "end"}

    def end(self) -> None:
        """Close its standard input, at which it ends with its kernel; kill it if it does not."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()


class ParentPipe:
    """The process's end: reports events, and ends the process when the run has ended."""

    def __init__(self) -> None:
        self._kernel: int | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def send(self, event: str, **values: Any) -> None:
        """Report one event."""
        line = json.dumps({"event": event, **values})
        # one write, on a line of its own: libraries and the kernel print to the same pipe
        os.write(1, f"\n{line}\n".encode())

    def kernel_started(self, process: int) -> None:
        """Note the kernel, which leads a process group of its own."""
        self._kernel = process

    def _watch(self) -> None:
        while os.read(0, 4096):
            pass
        if self._kernel is not None:
            with contextlib.suppress(OSError):
                os.killpg(self._kernel, signal.SIGKILL)
        os._exit(130)
