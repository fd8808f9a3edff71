"""The process that executes one notebook, seen from the run that started it."""

import contextlib
import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

GRACE = 10.0  # seconds it gets to end its kernel


@dataclass(frozen=True)
class Worker:
    """A running `cnnlab.runner.execute`; `words` holds the last line that is no event."""

    process: subprocess.Popen[str]
    since: float = field(default_factory=time.monotonic)
    words: deque[str] = field(default_factory=lambda: deque(maxlen=1))

    @classmethod
    def start(cls, job: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Self:
        """Start it on a job (see `cnnlab.runner.execute`) in `folder`."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cnnlab.runner.execute", json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=folder,
            env=environment,
            start_new_session=True,  # Ctrl-C reaches the run alone, which then ends its workers
        )
        return cls(process)

    @property
    def seconds(self) -> float:
        """Seconds since it started."""
        return time.monotonic() - self.since

    def events(self) -> Iterator[dict[str, Any]]:
        """What it reports, up to its end, which is an event too."""
        for line in self.process.stdout or ():
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict):
                yield event
            else:
                self.words.extend(line.strip().splitlines())
        yield {"event": "end"}

    def end(self) -> None:
        """Make it end: it does so, with its kernel, when its standard input closes."""
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
