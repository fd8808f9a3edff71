"""Make the base nets of a profile and their scores, in one process or in all of torchrun's.

    torchrun --nproc-per-node 8 -m cnnlab.training --profile paper --net zfnet

A run that was interrupted resumes. Processes of other machines need the same $CNNLAB_CACHE.
"""

import argparse
import os
import sys

from cnnlab.artifacts.store import StoreError
from cnnlab.artifacts.torchrun import place

ABOUT = "Make the base nets of a profile and their scores, alone or with others under torchrun."


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status, 2 with a sentence for what cannot be done."""
    parser = argparse.ArgumentParser(prog="cnnlab.training", description=ABOUT)
    parser.add_argument("--profile", default="mini")
    parser.add_argument("--net", action="append", help="zfnet (if none), alexnet ...; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder of the real image sets")
    parser.add_argument("--device", choices=["cpu", "cuda"], help="the GPUs where there are any")
    parser.add_argument("--save-every", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--no-compile", action="store_true", help="kernels as torch brings them")
    options = parser.parse_args(arguments)
    if options.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # before torch looks for any
    try:
        _main(options)
    except (ValueError, StoreError, OSError, RuntimeError) as error:
        here = place()
        who = f", process {here.rank}" if here and here.rank else ""
        print(f"cnnlab{who}: {error}", file=sys.stderr)
        return 2
    return 0


def _main(options: argparse.Namespace) -> None:
    import torch

    from cnnlab import profiles
    from cnnlab.training.fast import group
    from cnnlab.training.fast.step import Settings
    from cnnlab.training.jobs import imagenet_job
    from cnnlab.training.trained import train_all

    if options.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("there is no GPU here for --device cuda; leave it out, or use cpu")
    if group.follows():
        group.serve()
        return
    profile = profiles.resolve(options.profile, data_dir=options.data_dir)
    settings = Settings(save_every=options.save_every, compile=not options.no_compile)
    jobs = [imagenet_job(net, profile, seed=options.seed) for net in options.net or ["zfnet"]]
    with group.led():
        for trained in train_all(jobs, profile, settings=settings):
            print(trained)


if __name__ == "__main__":
    sys.exit(main())
