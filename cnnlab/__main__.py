"""The command line, for `python -m cnnlab` and `torchrun -m cnnlab`."""

from cnnlab.cli import app

app(prog_name="cnnlab")
