"""What this machine has of what cnnlab needs, and how to fix what is missing."""

import errno
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

from cnnlab.artifacts import disk, paths, progress
from cnnlab.datasets.sources import available_sets
from cnnlab.runner import surroundings
from cnnlab.runner.pipeline import version

MIN_DISK = 2  # GB, for packed data, nets and features of `mini`
REINSTALL = "run `.venv/bin/uv sync --inexact` in the checkout"


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `fix` is empty where all is well, or where nothing has to be."""

    name: str
    value: str
    fix: str = ""
    present: bool = True
    note: bool = False  # worth knowing, and no problem

    @property
    def status(self) -> str:
        """Ok, note, absent (which is no problem) or problem."""
        if self.fix:
            return "problem"
        return "note" if self.note else "ok" if self.present else "absent"


def problems(on: Console) -> int:
    """Print everything looked at, each as it is known; returns how many problems there are."""
    styles = {"ok": "green", "note": "yellow", "absent": "dim", "problem": "red"}
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
    yield _system()
    yield from _python_and_packages()
    yield _pair()
    yield _kernel()
    yield from _machine()
    yield from _account()
    for name, folder in (("cache", paths.cache()), ("figures", paths.figures())):
        yield _writable(name, folder)
    yield from _sets()
    yield from _shards()
    yield from _devices()


def _system() -> Finding:
    """Linux is what the tests run on; macOS has all that is asked for."""
    name = f"{platform.system()} {platform.machine()}".strip()
    try:
        surroundings.check_system()
    except ValueError as error:
        return Finding("system", name, str(error))
    tested = sys.platform == "linux"
    return Finding("system", name + ("" if tested else ", meant to work, not tested"))


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
        return Finding(name, f"missing; only JupyterLab needs it, {REINSTALL}", note=True)
    # a bare "python" stands for the Python that starts the kernel
    if command.startswith("python") or Path(command).absolute() == Path(sys.executable):
        return Finding(name, "runs this Python")
    return Finding(name, f"runs {command} in JupyterLab; `cnnlab run` takes this Python", note=True)


def _machine() -> Iterator[Finding]:
    yield Finding("processors", surroundings.processors())
    value = f"{progress.memory() / 1e9:.1f} GB"
    yield Finding("memory", value, surroundings.memory_warning("mini", 1))


def _account() -> Iterator[Finding]:
    folder = surroundings.home()
    words = str(folder or "none that can be written; kernels get a temporary one")
    yield Finding("home", words, note=folder is None)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "".join(map(chr, surroundings.PLAIN)).encode(encoding)
        yield Finding("output", encoding)
    except UnicodeEncodeError:
        yield Finding("output", f"{encoding}: a + stands for a check mark", note=True)
    if names := surroundings.left_out():
        yield Finding("settings", f"kernels of a run do not get {', '.join(names)}", note=True)


def _writable(name: str, folder: Path) -> Finding:
    variable = f"CNNLAB_{name.upper()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as trial:
            lacking = disk.lacking(Path(trial))
        free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        why = error.strerror or str(error)
        if name == "cache" and error.errno in (errno.EROFS, errno.EACCES) and folder.is_dir():
            why += "; what it holds is used, and what it lacks cannot be made"
            return Finding(name, f"{folder}: {why}", note=True)
        return Finding(name, f"{folder}: {why}", f"name a writable folder with {variable}")
    fix = f"free {MIN_DISK} GB, or name another folder with {variable}" if free < MIN_DISK else ""
    without = f", without {' and '.join(lacking)}" if lacking else ""
    value = f"{folder}, writable, {free:.0f} GB free{without}"
    return Finding(name, value, fix, note=bool(lacking))


def _sets() -> Iterator[Finding]:
    folder = paths.data_dir()
    if folder is None:
        hint = "--data-dir or CNNLAB_DATA_DIR names their folder"
        yield Finding("real sets", hint, present=False)
    elif not folder.is_dir():
        yield Finding("real sets", f"{folder} is no folder", "name another with --data-dir")
    else:
        for name, some in available_sets(folder).items():
            where = " and ".join(map(str, some)) or f"not in {folder}"
            fix = "move all but one away" if len(some) > 1 else ""
            yield Finding(f"set {name}", where, fix, present=bool(some))


def _shards() -> Iterator[Finding]:
    """Every byte of sets in shards, whose sums are checked nowhere else: minutes for ImageNet."""
    from cnnlab.datasets.errors import DataError
    from cnnlab.datasets.shards import INDEX, Shards

    for folder in sorted(index.parent for index in (paths.cache() / "packed").glob(f"*/{INDEX}")):
        if folder.suffix:  # it is being packed
            continue
        try:
            shards = Shards(folder)
            shards.verify()
        except DataError as error:
            value, _, fix = str(error).rpartition("; ")
            yield Finding("shards", value, fix)
        else:
            yield Finding("shards", f"{len(shards):,} images in {folder}, as written")


def _devices() -> Iterator[Finding]:
    try:
        import torch
        import torchvision  # noqa: F401 - its compiled part must load beside torch

        from cnnlab.training.machine import device, has_bf16
    except (ImportError, OSError, RuntimeError) as error:
        yield Finding("torch", str(error).splitlines()[0], REINSTALL)
        return
    count = torch.cuda.device_count()
    for i in range(count):
        about = torch.cuda.get_device_properties(i)
        yield Finding(f"GPU {i}", f"{about.name}, {about.total_memory / 1e9:.0f} GB")
    if not count:
        yield Finding("device", f"{device()}, {torch.get_num_threads()} threads")
    yield Finding("bf16", "in hardware" if has_bf16() else "not in hardware: training uses fp32")
    yield _torchrun(count)


def _torchrun(gpus: int) -> Finding:
    """By what several processes of one training talk to each other here."""
    from torch import distributed

    name, backend = "torchrun", "nccl" if gpus else "gloo"
    if not distributed.is_available() or not distributed.is_backend_available(backend):
        why = f"torch without {backend}: a training is one process; {REINSTALL}"
        return Finding(name, why, note=True)
    count = f"{gpus or 'no'} GPU{'s' * (gpus != 1)}"
    return Finding(name, f"{count} on this machine; processes talk by {backend}")
