"""The checks that need no data: style, types, and files that must not be committed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("check", [["check", "."], ["format", "--check", "."]])
def test_ruff(check: list[str]) -> None:
    done = run(sys.executable, "-m", "ruff", *check)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright() -> None:
    done = run(sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable)
    try:
        report = json.loads(done.stdout)
    except ValueError:  # the package fetches the checker itself when it first runs
        pytest.skip(f"pyright could not be fetched: {done.stderr[-200:]}")
    found = [d for d in report["generalDiagnostics"] if d["severity"] == "error"]
    assert not found, "\n".join(
        f"{d['file']}:{d['range']['start']['line'] + 1}: {d['message']}" for d in found[:20]
    )


def test_readme_names_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    install = r"^python3 -m venv \.venv && \.venv/bin/pip install uv && \.venv/bin/uv run"
    assert re.search(rf"{install} cnnlab run$", text, re.M)
    assert re.search(rf"{install} pytest$", text, re.M)


def test_the_gate_runs_the_readmes_command_and_nothing_of_this_environment(tmp_path: Path) -> None:
    for name in (".ci/run", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    readme = tmp_path / "README.md"
    command = "python3 -m venv --without-pip .venv && env && echo .venv/bin/uv run pytest"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(re.sub(r"^python3 -m venv .*pytest$", command, text, flags=re.M))
    environment = {**os.environ, "PYTHONPATH": "/leaks", "SSL_CERT_FILE": "/certificates"}
    done = subprocess.run(
        ["bash", tmp_path / ".ci" / "run"], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    variables = dict(re.findall(r"^(\w+)=(.*)$", done.stdout, re.M))
    assert variables["SSL_CERT_FILE"] == "/certificates" and "PYTHONPATH" not in variables
    assert variables["HOME"] != os.environ.get("HOME")
    assert done.stdout.startswith(f"+ {command}  # Python 3.")
    assert (tmp_path / ".venv" / "bin" / "python3").exists()
    assert not Path(variables["HOME"]).exists()  # cleared away
