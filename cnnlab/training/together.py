"""Several nets trained at once, each in a process of its own.

Two small nets on one thread each see about 1.3 times the images per second of one net on two
threads: their layers are too small to share out.
"""

import multiprocessing
import queue
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from tqdm.auto import tqdm

from cnnlab.processes import die_with_parent
from cnnlab.profiles import Profile
from cnnlab.training.loop import iterations
from cnnlab.training.machine import device
from cnnlab.training.trained import Job, Trained, train


def train_all(jobs: Sequence[Job], profile: Profile) -> list[Trained]:
    """Train every job, `profile.workers` at a time, and score it on both splits; same order out.

    The results do not depend on the number of workers. Raises RuntimeError when a worker was
    killed, for want of memory say; running again goes on from the last save.
    """
    workers = 1 if device().type == "cuda" else min(profile.workers, len(jobs))
    with tqdm(total=sum(iterations(j.recipe) for j in jobs), unit="batch", mininterval=0.5) as bar:
        if workers < 2:
            return [_train_and_score(job, profile, _Bar(bar, job)) for job in jobs]
        return _in_processes(jobs, profile, workers, bar)


def _train_and_score(job: Job, profile: Profile, report: Any) -> Trained:
    trained = train(job, profile, report)
    trained.scores("val")
    trained.scores("train")
    report(iterations(job.recipe), {})
    return trained


class _Bar:
    """Turns "so many iterations done" into steps of a shared bar."""

    def __init__(self, bar: tqdm, job: Job):
        self.bar, self.job, self.done = bar, job, 0

    def __call__(self, done: int, row: dict[str, float]) -> None:
        if row:
            self.bar.set_postfix_str(f"{self.job.spec.name}: val error {row['val_top1']:.1f}%")
        self.bar.update(done - self.done)
        self.done = done


def _in_processes(jobs: Sequence[Job], profile: Profile, workers: int, bar: tqdm) -> list[Trained]:
    context = multiprocessing.get_context("spawn")
    news: Any = context.Queue()
    bars = [_Bar(bar, job) for job in jobs]
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(news,))
    try:
        futures = [pool.submit(_in_worker, n, job, profile) for n, job in enumerate(jobs)]
        waiting: set[Future[Trained]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=0.3, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()  # an error in one net stops the others at once
            _read(news, bars)
        _read(news, bars)
    except BaseException as error:
        for process in list((pool._processes or {}).values()):
            process.kill()  # harmless: every write is atomic, every run resumes
        if isinstance(error, BrokenProcessPool):
            raise RuntimeError(
                "a training process was killed (out of memory?); run again, it goes on where it was"
            ) from error
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]


def _read(news: Any, bars: list[_Bar]) -> None:
    while True:
        try:
            number, done, row = news.get_nowait()
        except queue.Empty:
            return
        bars[number](done, row)


# Set once in each worker process, which exists only to train.
_news: Any = None


def _begin(news: Any) -> None:
    global _news
    die_with_parent()
    _news = news


def _in_worker(number: int, job: Job, profile: Profile) -> Trained:
    return _train_and_score(job, profile, partial(_tell, number, [0.0]))


def _tell(number: int, last: list[float], done: int, row: dict[str, float]) -> None:
    if not row or time.monotonic() - last[0] > 0.3:
        last[0] = time.monotonic()
        _news.put((number, done, row))
