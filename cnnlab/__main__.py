"""The command line, for `python -m cnnlab` and `torchrun -m cnnlab`."""

from cnnlab.cli import app

if __name__ == "__main__":
    app(prog_name="cnnlab")
