"""Call one function in several fresh Python processes, from scripts and notebooks alike.

The standard pools do not fit here: forking a process in which torch has run threads can hang,
spawning imports `__main__` again (a script without a guard would start itself over), and the
workers of a killed parent may live on. These are started with `-m`, read tasks from a pipe, and
end when it closes, whichever way the parent ended.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from typing import Any

from cnnlab.artifacts.progress import affinity, processors
from cnnlab.artifacts.store import StoreError
from cnnlab.artifacts.torchrun import without_group

# Threads that wait for work sleep, so that several processes can share the processors.
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE"}
# Of the reader's settings of Python, those that say where its modules lie; the others (warnings as
# errors, a startup file, an encoding) could change what a process does.
PLACES = ("PATH", "HOME", "USERBASE", "NOUSERSITE", "PLATLIBDIR", "SAFEPATH", "PYCACHEPREFIX")
PLACES += ("DONTWRITEBYTECODE",)
OURS = {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}


def environment() -> dict[str, str]:
    """The environment of a process whose results must not depend on the reader's settings."""
    places = {f"PYTHON{name}" for name in PLACES}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") or k in places}
    kept = without_group(kept)
    return {**PASSIVE, **quota_threads(), **kept, **OURS}


def quota_threads() -> dict[str, str]:
    """A count of threads for libraries, which know the machine's processors but no quota."""
    tight = processors() < affinity() and "OMP_NUM_THREADS" not in os.environ
    return {"OMP_NUM_THREADS": str(processors())} if tight else {}


def in_processes(
    function: Callable[..., Any],
    tasks: Sequence[Sequence[Any]],
    workers: int,
    on_news: Callable[[Any], None] = lambda news: None,
) -> Generator[Any, None, None]:
    """Yield `function(*task)` for every task, each as it ends, computed by `workers` processes.

    `function` is a function of a module; tasks and results are JSON. What a task reports with
    `tell` meanwhile is passed to `on_news`. An OSError of a worker is raised here with its errno,
    any other exception as RuntimeError; a worker that was killed is a StoreError.
    """
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    started = [Worker(function) for _ in range(min(workers, len(tasks)))]
    for worker in started:
        idle.put(worker)

    def call(task: Sequence[Any]) -> Any:
        worker = idle.get()
        result = worker.call(task, on_news)
        idle.put(worker)
        return result

    pool = ThreadPoolExecutor(max(1, len(started)))
    try:
        for future in as_completed([pool.submit(call, task) for task in tasks]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in started:
            worker.close()


def tell(news: Any) -> None:
    """In a worker: give news (JSON) of a task's progress to the process that set it."""
    if _replies is not None:
        _reply({"news": news})


class Worker:
    """A process that calls one function of a module, task after task."""

    def __init__(self, function: Callable[..., Any]) -> None:
        path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, f"{function.__module__}:{function.__qualname__}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment(), "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
            encoding="utf-8",
            start_new_session=True,  # an interrupt is the parent's to handle
        )

    def call(self, task: Sequence[Any], on_news: Callable[[Any], None]) -> Any:
        """`function(*task)`; errors as of `in_processes`."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
        while True:
            line = self._process.stdout.readline()
            if not line:
                raise StoreError(
                    f"a worker process ended early (status {self._process.wait()}), often for lack "
                    "of memory; run again, which resumes"
                )
            reply = json.loads(line)
            if "news" not in reply:
                break
            on_news(reply["news"])
        if "errno" in reply:
            raise OSError(reply["errno"], reply["error"])
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply["result"]

    def close(self) -> None:
        """End the process, even in the middle of a task, whose call raises StoreError."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close() if pipe else None


# In a worker, the pipe to its parent; set once, when it begins to serve.
_replies: Any = None


def _reply(message: dict[str, Any]) -> None:
    _replies.write(json.dumps(message) + "\n")
    _replies.flush()


def _serve(name: str) -> None:
    """Answer tasks until the pipe closes; what they print goes to stderr."""
    global _replies
    _replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = os.fdopen(1, "w", buffering=1)  # by lines: a killed worker flushes nothing
    tasks: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    module, _, attribute = name.partition(":")
    function = getattr(import_module(module), attribute)
    while True:
        try:
            message = {"result": function(*json.loads(tasks.get()))}
        except OSError as error:
            message = {"errno": error.errno, "error": error.strerror or str(error)}
        except Exception as error:
            message = {"error": f"{type(error).__name__}: {error}"}
        _reply(message)


def _listen(tasks: "queue.SimpleQueue[str]") -> None:
    """Take tasks from the pipe; when it closes the parent is gone, and so are we, even mid-task."""
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)


if __name__ == "__main__":
    # the copy that tasks import, so that `tell` finds the pipe
    from cnnlab.artifacts import processes

    processes._serve(sys.argv[1])
