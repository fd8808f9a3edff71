"""The papers' networks: specs, the net built from one, its weights in and out."""
