"""Numerics of the probes: the solvers that reach the minima of the objectives."""
