"""Processes under torchrun that share work: the first leads, the others follow it.

The leader (rank 0) runs as it would alone: it alone decides what is made, holds the locks and
writes. Work that can be shared is a piece: one function, which every process calls with the same
arguments. Inside of it they are a process group of torch.distributed, for as long as it lasts; so
a piece that fails, or a notebook that ends, leaves nothing behind that the next one could trip on.
"""

# pyright: reportPrivateImportUsage=false

import contextlib
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import torch
from torch import distributed as dist

from cnnlab.artifacts import torchrun
from cnnlab.artifacts.store import StoreError
from cnnlab.artifacts.torchrun import Place, place
from cnnlab.training.fast.lobby import greet, meeting, token_of, wait_long, welcome

SILENCE = timedelta(minutes=10)  # in the middle of work, after which a process counts as lost
LOOK = 0.1  # seconds between two looks at who has come
END = "end"


@dataclass(frozen=True)
class Piece:
    """One piece of work: its number, and the process's place at it."""

    place: Place
    store: dist.Store
    number: int


_piece: Piece | None = None  # at which this process is; set by `together` and `serve`


def follows() -> bool:
    """Whether this process only does what another one leads."""
    here = place()
    return here is not None and here.rank > 0


def leads() -> bool:
    """Whether other processes follow this one, so that work can be shared."""
    here = place()
    return here is not None and here.token != ""


def rank() -> int:
    """The number of this process in the piece at hand; 0 alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def size() -> int:
    """How many processes are at the piece at hand; 1 alone."""
    return dist.get_world_size() if dist.is_initialized() else 1


def gathered(value: Any) -> list[Any]:
    """The values of all processes in order, on each of them."""
    if size() == 1:
        return [value]
    values: list[Any] = [None] * size()
    dist.all_gather_object(values, value)
    return values


def agreed(value: Any) -> Any:
    """The value of the leader, on each process."""
    values = [value]
    if size() > 1:
        dist.broadcast_object_list(values, device=torch.device("cpu"))
    return values[0]


def together(function: Callable[..., Any], *args: Any, **own: Any) -> Any:
    """`function(*args, **own)`, in every process where others follow; what it returns here.

    `function` is one of a module, its arguments are JSON, and `own` are the leader's alone. Inside
    of `joined` it is one of a process group. Raises StoreError where a process was lost, and
    RuntimeError with the sentence of one that failed.
    """
    here = place()
    if here is None or not here.token:
        return function(*args, **own)
    store = meeting(here)
    number = store.add("pieces", 1)
    name = f"{function.__module__}:{function.__qualname__}"
    store.set(f"piece-{number}", json.dumps([name, args]))
    with _at(Piece(here, store, number)):
        return function(*args, **own)


@contextlib.contextmanager
def joined() -> Iterator[None]:
    """A block in which all processes of a piece are one process group; nothing for one alone.

    It begins when all have come: a process may pack images before. Raises as `together`.
    """
    if _piece is None:
        yield
        return
    here, store, number = _piece.place, _piece.store, _piece.number
    gpus = torch.cuda.device_count()
    if gpus and torchrun.local_rank() >= gpus:
        raise ValueError(
            f"{gpus} GPUs here do not serve process {torchrun.local_rank() + 1}; start torchrun "
            f"with --nproc-per-node {gpus}"
        )
    _wait_for_all(_piece)
    backend = "gloo"
    if gpus:
        backend = "cpu:gloo,cuda:nccl"
        torch.cuda.set_device(torchrun.local_rank())
    own = dist.PrefixStore(f"group-{number}", store)
    try:
        options = {"rank": here.rank, "world_size": here.size, "timeout": SILENCE}
        dist.init_process_group(backend, store=own, **options)
        yield
    except RuntimeError as error:
        if failed := _failure(_piece):
            raise RuntimeError(failed) from error
        if _is_loss(error):
            raise StoreError(
                f"a process of the group of {here.size} was lost ({_first(error)}); nothing that "
                "was saved is: run again, which resumes"
            ) from error
        raise
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


@contextlib.contextmanager
def led() -> Iterator[None]:
    """A block in which this process leads; the others, which `serve`, go home at its end.

    Nothing but the block for a process alone. Kernels of notebooks that get $CNNLAB_GROUP, which
    this sets, lead in its stead.
    """
    here = place()
    if here is None or here.token:
        yield
        return
    here = replace(here, token=uuid.uuid4().hex)
    door = threading.Thread(target=welcome, args=(here,), daemon=True)
    door.start()
    os.environ[torchrun.GROUP] = here.variable
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # the store may be gone with the agent
            store = meeting(here)
            store.set(f"piece-{store.add('pieces', 1)}", json.dumps([END, []]))
            greet(here, here.token)
            door.join(5)
        del os.environ[torchrun.GROUP]


def serve() -> None:
    """Follow: do every piece of work that the leader shares, until it ends.

    Raises ValueError where this process has no place in the group.
    """
    here = place()
    assert here is not None
    here = replace(here, token=token_of(here))
    store, number = meeting(here), 0
    while True:
        number += 1
        wait_long(store, f"piece-{number}")
        name, args = json.loads(store.get(f"piece-{number}"))
        if name == END:
            return
        module, _, attribute = name.partition(":")
        piece = Piece(here, store, number)
        try:
            with _at(piece):
                getattr(import_module(module), attribute)(*args)
        except Exception as error:  # the leader says it; this process is there for the next piece
            store.set(f"failed-{number}", f"process {here.rank} of {here.size}: {_first(error)}")
            print(f"cnnlab: process {here.rank}: {_first(error)}", file=sys.stderr)


@contextlib.contextmanager
def _at(piece: Piece) -> Iterator[None]:
    global _piece
    _piece = piece
    try:
        yield
    finally:
        _piece = None


def _wait_for_all(piece: Piece) -> None:
    """Wait until every process is ready for a piece; raises RuntimeError where one is not to be."""
    store, number = piece.store, piece.number
    store.set(f"here-{number}-{piece.place.rank}", "")
    names = [f"here-{number}-{rank}" for rank in range(piece.place.size)]
    while not store.check(names):
        if failed := _failure(piece):
            raise RuntimeError(failed)
        if store.check([f"piece-{number + 1}"]):
            raise RuntimeError("the leader has left this piece of work")
        time.sleep(LOOK)


def _failure(piece: Piece) -> str:
    """What another process says of a piece that it could not do; "" where none does."""
    name = f"failed-{piece.number}"
    try:
        return piece.store.get(name).decode() if piece.store.check([name]) else ""
    except RuntimeError:
        return ""  # the store is gone as well


def _is_loss(error: RuntimeError) -> bool:
    signs = ("gloo", "NCCL", "Connection closed", "Connection reset", "Broken pipe")
    return isinstance(error, dist.DistError) or any(sign in str(error) for sign in signs)


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
