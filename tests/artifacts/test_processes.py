"""One function in several processes: results, errors, and an end in every case."""

import builtins
import errno
import math
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.store import StoreError


def test_every_task_is_done_once_by_other_processes() -> None:
    results = list(in_processes(math.comb, [(n, 2) for n in range(2, 60)], 2))
    assert sorted(results) == [n * (n - 1) // 2 for n in range(2, 60)]
    pids = set(in_processes(os.getpid, [()] * 20, 2))
    assert os.getpid() not in pids and 1 <= len(pids) <= 2
    assert list(in_processes(os.getpid, [], 2)) == []


def test_what_a_worker_prints_is_no_result(capfd: pytest.CaptureFixture) -> None:
    assert list(in_processes(builtins.print, [("a word",)], 1)) == [None]
    assert "a word" in capfd.readouterr().err


def test_errors_come_back(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: division by zero"):
        list(in_processes(operator.truediv, [(1, 1), (1, 0)], 2))
    with pytest.raises(OSError) as refused:
        list(in_processes(os.listdir, [(str(tmp_path / "nowhere"),)], 1))
    assert refused.value.errno == errno.ENOENT
    with pytest.raises(StoreError, match=r"ended early \(status 3\).* run again"):
        list(in_processes(os._exit, [(3,)], 1))


def test_an_abandoned_run_leaves_no_process() -> None:
    running = in_processes(os.getpid, [()] * 50, 2)
    pid = next(running)
    running.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


SCRIPT = """
import os, time
from cnnlab.artifacts.processes import in_processes
for pid in in_processes(os.getpid, [()], 1):
    print(pid, flush=True)
    for _ in in_processes(time.sleep, [(0.5,)], 1):
        pass
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_workers_of_a_killed_script_without_a_guard_end(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py"], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout and int(child.stdout.readline()) != child.pid
        children = _children(child.pid)
        assert children
        child.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline, "a worker outlived its parent"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
