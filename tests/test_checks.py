"""The checks that need no data: style, types, and files that must not be committed."""

import json
import re
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
    assert re.search(r"^pip install uv && uv run cnnlab run$", text, re.M)
    assert re.search(r"^pip install uv && uv run pytest$", text, re.M)
    assert "pip install uv && uv run pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_modules_keep_to_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "cnnlab").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long
