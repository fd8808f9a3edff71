"""The notebooks as a graph: run, watched, published; the gallery, and what this machine has."""
