"""cnnlab: rerun, read and teach the two papers that opened the black box of the convnet."""

import os

# Threads that wait for work sleep. OpenMP reads this once, when torch is imported, in a notebook
# after this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
