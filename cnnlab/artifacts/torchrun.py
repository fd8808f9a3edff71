"""The processes that torchrun starts: which one this is, and where they meet."""

import os
from dataclasses import dataclass

# For kernels of notebooks, which work for rank 0 without being one of torchrun's processes
GROUP = "CNNLAB_GROUP"
# What torchrun says to its processes alone; theirs must not take themselves for members
SAID = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", GROUP)
SAID += tuple(f"{a}_{b}" for a in ("LOCAL", "GROUP", "ROLE") for b in ("RANK", "WORLD_SIZE"))


@dataclass(frozen=True)
class Place:
    """One of `size` processes, and the store at `host`:`port` in which they meet."""

    host: str
    port: int
    rank: int
    size: int
    token: str = ""  # names the leader's run, in kernels; torchrun's own processes agree on one

    @property
    def variable(self) -> str:
        """The value of $CNNLAB_GROUP that gives another process this place."""
        return f"{self.host} {self.port} {self.size} {self.token}"


def place() -> Place | None:
    """The place of this process among several; None for one that works alone.

    >>> place() is None
    True
    """
    env = os.environ
    if told := env.get(GROUP, "").split():
        host, port, size, token = told
        return Place(host, int(port), 0, int(size), token)
    if "TORCHELASTIC_RUN_ID" not in env or int(env.get("WORLD_SIZE", "1")) < 2:
        return None
    rank, size, port = (int(env[name]) for name in ("RANK", "WORLD_SIZE", "MASTER_PORT"))
    return Place(env["MASTER_ADDR"], port, rank, size)


def local_rank() -> int:
    """The number of this process on its machine, which is that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def without_group(env: dict[str, str]) -> dict[str, str]:
    """An environment without what torchrun says to its own processes."""
    ours = place() is not None
    return {k: v for k, v in env.items() if not (ours and (k in SAID or "TORCHELASTIC" in k))}
