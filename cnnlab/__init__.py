"""cnnlab: rerun, read and teach the two papers that opened the black box of the convnet."""

__version__ = "0.1.0"
