"""Where the processes of torchrun meet: each is given a place in the run of one leader, or none.

torchrun's agent keeps a store of keys over all restarts, and counts those apart on each machine, so
that no count of its names a run. The leader draws a token, and gives it to each that comes.
"""

# pyright: reportPrivateImportUsage=false

import contextlib
import uuid
from dataclasses import replace
from datetime import timedelta

from torch import distributed as dist

from cnnlab.artifacts.torchrun import Place

PACKING = timedelta(days=1)  # some wait for another to pack a set


def meeting(here: Place) -> dist.Store:
    """A connection to the store of torchrun's agent, in the part that is this leader's run."""
    options = {"is_master": False, "timeout": PACKING, "wait_for_workers": False}
    store = dist.TCPStore(here.host, here.port, **options)
    return dist.PrefixStore(f"cnnlab/{here.token}", store)


def wait_long(store: dist.Store, name: str) -> None:
    """Wait for a key for as long as the store is there: notebooks compute alone for hours."""
    while True:
        try:
            return store.wait([name], timedelta(hours=1))
        except dist.DistStoreError as error:
            if "imeout" not in str(error):
                raise


def welcome(here: Place) -> None:
    """Give each process that comes the token of this leader's run, once for each rank.

    It ends when the leader says hello itself, with that token.
    """
    lobby, store, number = meeting(replace(here, token="lobby")), meeting(here), 1
    with contextlib.suppress(RuntimeError):  # at the end of all the store goes
        while True:
            wait_long(lobby, f"hello-{number}")
            rank, size, name = lobby.get(f"hello-{number}").decode().split()
            number += 1
            if name == here.token:
                return
            taken = int(rank) >= here.size or store.check([f"member-{rank}"])
            answer = here.token if int(size) == here.size and not taken else f"full {here.size}"
            lobby.set(f"answer-{name}", answer)


def greet(here: Place, name: str) -> dist.Store:
    """Say hello under a name in the part of the store that all runs share; returns that part."""
    lobby = meeting(replace(here, token="lobby"))
    lobby.set(f"hello-{lobby.add('hellos', 1)}", f"{here.rank} {here.size} {name}")
    return lobby


def token_of(here: Place) -> str:
    """The token of the leader's run, from the leader; ValueError where it has no room."""
    name = uuid.uuid4().hex
    lobby = greet(here, name)
    wait_long(lobby, f"answer-{name}")
    word, *full = lobby.get(f"answer-{name}").decode().split()
    if full:
        raise ValueError(
            f"the running group has {full[0]} processes and takes no other; stop it and start "
            f"torchrun with as many as you want, which resumes"
        )
    meeting(replace(here, token=word)).set(f"member-{here.rank}", "")
    return word
