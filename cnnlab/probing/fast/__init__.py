"""Numerics of the probes: solvers that reach the minima, a search for hashes alike."""
