"""Fast forms of what `cnnlab.units` says plainly, tested equal to it."""
