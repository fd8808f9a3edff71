"""cnnlab: rerun, read and teach the two papers that opened the black box of the convnet."""

import os

# Threads that wait for work sleep. OpenMP reads this once, when torch is imported, in a notebook
# after this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# On a GPU, torch would let convolutions of fp32 lose 13 of their 23 bits.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

__version__ = "0.1.0"
