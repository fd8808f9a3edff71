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

from cnnlab.artifacts import paths
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
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

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
    from packaging.requirements import Requirement

    have = version("torch")
    try:
        lines = [Requirement(line) for line in metadata.requires("torchvision") or ()]
    except metadata.PackageNotFoundError:
        return Finding("torch and torchvision", "torchvision is missing", REINSTALL)
    wanted = next((str(r.specifier) for r in lines if r.name == "torch"), "")
    good = next((r.specifier.contains(have) for r in lines if r.name == "torch"), True)
    fix = "" if good else f"install them together: torchvision here wants torch{wanted}"
    return Finding("torch and torchvision", f"a pair: torch {have}" if good else have, fix)


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

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
    from cnnlab.artifacts.progress import processors

    yield Finding("processors", str(processors()))
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        low = memory < MIN_MEMORY
        fix = f"`mini` takes up to {MIN_MEMORY} GB; use --jobs 1" if low else ""
        yield Finding("memory", f"{memory:.0f} GB", fix)
    except (ValueError, OSError):
        yield Finding("memory", "unknown")


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
    from cnnlab.datasets import available_sets

    folder = paths.data_dir()
    if folder is None:
        yield Finding(
            "real sets", "--data-dir or CNNLAB_DATA_DIR names their folder", present=False
        )
        return
    if not folder.is_dir():
        yield Finding("real sets", f"{folder} is no folder", "name another with --data-dir")
        return
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
