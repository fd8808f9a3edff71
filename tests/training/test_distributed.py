"""Two processes share the work of one: the same images, curves and tables; and their faults."""

# pyright: reportPrivateImportUsage=false

import json
import os
import random
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import group_pieces
import numpy as np
import pytest
from notebook_files import SAVE, furnish, write
from rich.console import Console
from small_training import batches, small_net, validate
from torch import distributed as dist

from cnnlab.cli import run
from cnnlab.datasets import load
from cnnlab.probing import features
from cnnlab.profiles import PooledLayer
from cnnlab.profiles.tiny import TINY
from cnnlab.runner import notebooks
from cnnlab.runner.display import Display
from cnnlab.runner.pipeline import Options, Run
from cnnlab.training import loop
from cnnlab.training.__main__ import main
from cnnlab.training.evaluate import scores
from cnnlab.training.fast import group
from cnnlab.training.trained_net import Trained

PROGRAM = "import group_pieces; group_pieces.main()"
PATH = os.pathsep.join([str(Path(group_pieces.__file__).parent), *sys.path])
ENV = {"PYTHONPATH": PATH, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


def agent() -> dist.TCPStore:
    """The store of torchrun's agent, in this process."""
    return dist.TCPStore("localhost", 0, is_master=True, timeout=timedelta(seconds=300))


def told(store: dist.TCPStore, rank: int) -> dict[str, str]:
    """What that agent would tell a process of two."""
    about = {"MASTER_ADDR": "localhost", "MASTER_PORT": str(store.port), "WORLD_SIZE": "2"}
    return {**about, "TORCHELASTIC_RUN_ID": "test", "RANK": str(rank)}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes came to, with this one in the place of torchrun's agent."""
    folder, store = tmp_path_factory.mktemp("shared"), agent()
    env = {**os.environ, **ENV, "CNNLAB_CACHE": str(folder / "cache")}
    command = [sys.executable, "-c", PROGRAM, "several", str(folder / "out.json"), str(folder)]
    ranks = [subprocess.Popen(command, env={**env, **told(store, n)}) for n in (1, 0)]
    try:
        statuses = [process.wait(400) for process in ranks]
    finally:
        for process in ranks:
            process.kill()
    assert statuses == [1, 0]  # the first dies in its last piece of work
    return json.loads((folder / "out.json").read_text())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, float]], np.ndarray]:
    """What the plain loop came to: history and scores."""
    net, folder = small_net(0.0), tmp_path_factory.mktemp("alone")
    history = loop.fit(net, batches(), group_pieces.RECIPE, validate, folder)
    images = np.random.default_rng(1).integers(0, 256, (700, 20, 20, 3), dtype=np.uint8)
    return history, scores(net, images, batches().mean, crops=2)


def test_two_processes_learn_what_one_does(shared: dict[str, Any], alone: Any) -> None:
    result = shared["learns"]
    assert np.concatenate(result["taken"]).tolist() == batches()[5][1].tolist()  # in order
    history, answers = alone
    assert len(result["history"]) == len(history) == 4
    for row, expected in zip(result["history"], history, strict=True):
        assert row == pytest.approx(expected, rel=1e-4)
    assert result["alike"][0] == result["alike"][1]  # both have one net
    assert np.allclose(result["scores"], answers[:, 0], atol=1e-4)


def test_the_group_takes_the_micro_batches_of_its_smallest(
    shared: dict[str, Any], alone: Any
) -> None:
    history = shared["memory"]
    assert [row.pop("micro_batch") for row in history] == [2] * 4
    for row, expected in zip(history, alone[0], strict=True):
        assert row == pytest.approx(expected, rel=1e-3)


def test_what_one_cannot_do_is_said_and_the_group_goes_on(
    shared: dict[str, Any], alone: Any
) -> None:
    first, second = shared["fails"]
    assert first == "RuntimeError: process 1 of 2: process 1 has no images"
    assert second == "ValueError: process 0 has no images"
    assert "ValueError: 2 processes do not divide a batch of 15; start 1 or 3" in shared["uneven"]
    assert shared["after"] == pytest.approx(alone[0][-1], rel=1e-4)


def test_a_third_process_is_refused(shared: dict[str, Any]) -> None:
    assert shared["third"].startswith("2 ")
    assert "the running group has 2 processes and takes no other" in shared["third"]


def test_a_lost_process_stops_the_others_with_a_sentence(shared: dict[str, Any]) -> None:
    assert shared["dies"].startswith("StoreError: a process of the group of 2 was lost (")
    assert shared["dies"].endswith("run again, which resumes")


def test_features_are_those_of_one_process(shared: dict[str, Any]) -> None:
    job, profile = group_pieces.job_and_profile()
    result = shared["makes"]
    trained = Trained(Path(result["folder"]), job, profile)
    packed = load("imagenet", TINY)
    expected = features(trained, packed, [PooledLayer("layer2", 3)])["layer2"][:, :5]
    assert np.array_equal(result["scores"]["few"], expected)
    assert np.array_equal(result["scores"]["many"], np.tile(expected, (25, 1)))  # over two batches
    left = (Path(result["folder"]).parents[1] / "features").glob("*/*")
    assert {path.name for path in left} == {"layer2-mean3.npy", "manifest.json"}


# ---- torchrun --------------------------------------------------------------------------------


@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_process_is_started_again_and_all_ends_alike(
    tmp_path: Path, shared: dict[str, Any], victim: int
) -> None:
    options = ["--standalone", "--nproc-per-node", "2", "--max-restarts", "1", "--no-python"]
    command = [sys.executable, "-m", "torch.distributed.run", *options]
    command += [sys.executable, "-c", PROGRAM, "makes", str(tmp_path / "out.json")]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    running = subprocess.Popen(command, env={**os.environ, **ENV}, **pipes)
    assert running.stdout is not None
    moment, steps, lines = random.randint(3, 55), 0, []
    for line in running.stdout:
        lines.append(line)
        if match := re.search(rf"step {victim} \d+ (\d+)$", line.rstrip()):
            steps += 1
            if steps == moment:
                os.kill(int(match[1]), signal.SIGKILL)
    assert running.wait(300) == 0, "".join(lines)
    assert 60 <= steps < 60 + moment  # it went on, not back to the start
    result, undisturbed = json.loads((tmp_path / "out.json").read_text()), shared["makes"]
    assert result["history"] == undisturbed["history"]
    assert result["scores"] == undisturbed["scores"]
    files = [Path(one["folder"]) / "net.safetensors" for one in (result, undisturbed)]
    assert files[0].read_bytes() == files[1].read_bytes()


NOTEBOOK = """
import group_pieces
from cnnlab.profiles.tiny import TINY
from cnnlab.training import imagenet_job, train
from cnnlab.training.fast import group
trained = train(imagenet_job("zfnet", TINY), TINY)
save("01_shared", "a", f"{group.leads()} {group.together(group_pieces.members)}")
"""


def test_a_notebook_shares_its_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house, store = furnish(tmp_path, monkeypatch), agent()
    write(house, "01_shared", SAVE, NOTEBOOK)
    for name, value in {**ENV, **told(store, 0)}.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "cnnlab", "run"]
    follower = subprocess.Popen(command, env={**os.environ, "RANK": "1"})
    try:
        with group.led():
            every = notebooks.scan(house / "notebooks")
            display = Display(Console(file=(house / "log").open("a")))
            (outcome,) = Run(every, Options("smoke"), display).go()
        assert outcome.good, outcome
        assert (house / "figures/smoke/a.csv").read_text() == "True [0, 1]"
        assert follower.wait(60) == 0  # the leader has sent it home
    finally:
        follower.kill()
    with pytest.raises(ValueError, match="notebooks run one at a time"):
        run(jobs=2)


# ---- the command -----------------------------------------------------------------------------


def test_one_process_makes_a_net_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", "smoke", "--net", "lenet"]) == 2
    assert "there are alexnet, zf2013, zfnet, caffenet" in capsys.readouterr().err
    if not group_pieces.torch.cuda.is_available():
        assert main(["--device", "cuda"]) == 2
        assert "there is no GPU here for --device cuda" in capsys.readouterr().err
