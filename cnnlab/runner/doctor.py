"""What this machine has of what cnnlab needs, and how to fix what is missing."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.console import Console
from rich.text import Text

from cnnlab.artifacts import paths
from cnnlab.artifacts.progress import processors
from cnnlab.datasets.sources import available_sets
from cnnlab.runner.pipeline import version

MIN_MEMORY = 4  # GB, the budget of the `mini` profile
MIN_DISK = 2  # GB, for packed data, nets and features of `mini`
REINSTALL = "run `.venv/bin/uv sync --inexact` in the checkout"


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `fix` is empty where all is well, or where nothing has to be."""

    name: str
    value: str
    fix: str = ""
    present: bool = True

    @property
    def status(self) -> str:
        """Ok, absent (which is no problem) or problem."""
        return "problem" if self.fix else "ok" if self.present else "absent"


def problems(on: Console) -> int:
    """Print everything looked at, each as it is known; returns how many problems there are."""
    styles = {"ok": "green", "absent": "dim", "problem": "red"}
    count = 0
    for finding in examine():
        count += finding.status == "problem"
        mark = Text(f"{finding.status:<9}", styles[finding.status])
        line = Text.assemble(mark, f"{finding.name}: {finding.value}")
        if finding.fix:
            line.append(f"; {finding.fix}", "bold")
        on.print(line, soft_wrap=True)
    return count


def examine() -> Iterator[Finding]:
    """Look at everything, quick things first; the later ones import torch."""
    yield from _python_and_packages()
    yield _pair()
    yield _kernel()
    yield from _machine()
    for name, folder in (("cache", paths.cache()), ("figures", paths.figures())):
        yield _writable(name, folder)
    yield from _sets()
    yield from _devices()


def _python_and_packages() -> Iterator[Finding]:
    about = metadata.metadata("cnnlab")
    wanted = str(about["Requires-Python"])
    good = SpecifierSet(wanted).contains(platform.python_version())
    fix = "" if good else f"use Python {wanted}, for example `uv python install 3.11`"
    yield Finding("Python", f"{platform.python_version()} ({wanted})", fix)
    for line in metadata.requires("cnnlab") or ():
        need = Requirement(line)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        have = version(need.name)
        good = have != "missing" and need.specifier.contains(have, prereleases=True)
        yield Finding(need.name, f"{have} ({need.specifier})", "" if good else REINSTALL)


def _pair() -> Finding:
    """Torchvision's own metadata name the one version of torch that it was compiled against."""
    name, have = "torch and torchvision", version("torch")
    try:
        needs = map(Requirement, metadata.requires("torchvision") or ())
    except metadata.PackageNotFoundError:
        return Finding(name, "torchvision is missing", REINSTALL)
    wanted = next((need.specifier for need in needs if need.name == "torch"), SpecifierSet())
    if wanted.contains(have):
        return Finding(name, f"a pair: torch {have}")
    return Finding(name, have, f"install them together: torchvision here wants torch{wanted}")


def _kernel() -> Finding:
    name = "Jupyter kernel python3"
    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding(name, "missing", REINSTALL)
    # a bare "python" stands for the Python that starts the kernel
    if command.startswith("python") or Path(command).absolute() == Path(sys.executable):
        return Finding(name, "runs this Python")
    return Finding(name, f"runs {command}", "remove that kernel: it is not the Python of cnnlab")


def _machine() -> Iterator[Finding]:
    yield Finding("processors", str(processors()))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    fix = f"`mini` takes up to {MIN_MEMORY} GB; use --jobs 1" if memory < MIN_MEMORY else ""
    yield Finding("memory", f"{memory:.0f} GB", fix)


def _writable(name: str, folder: Path) -> Finding:
    variable = f"CNNLAB_{name.upper()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        why = error.strerror or str(error)
        return Finding(name, f"{folder}: {why}", f"name a writable folder with {variable}")
    fix = f"free {MIN_DISK} GB, or name another folder with {variable}" if free < MIN_DISK else ""
    return Finding(name, f"{folder}, writable, {free:.0f} GB free", fix)


def _sets() -> Iterator[Finding]:
    folder = paths.data_dir()
    if folder is None:
        hint = "--data-dir or CNNLAB_DATA_DIR names their folder"
        yield Finding("real sets", hint, present=False)
    elif not folder.is_dir():
        yield Finding("real sets", f"{folder} is no folder", "name another with --data-dir")
    else:
        for name, path in available_sets(folder).items():
            yield Finding(f"set {name}", str(path or f"not in {folder}"), present=path is not None)


def _devices() -> Iterator[Finding]:
    try:
        import torch
        import torchvision  # noqa: F401 - its compiled part must load beside torch

        from cnnlab.training.machine import device, has_bf16
    except (ImportError, OSError, RuntimeError) as error:
        yield Finding("torch", str(error).splitlines()[0], REINSTALL)
        return
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    yield Finding("device", ", ".join(names) or f"{device()}, {torch.get_num_threads()} threads")
    yield Finding("bf16", "in hardware" if has_bf16() else "not in hardware: training uses fp32")
