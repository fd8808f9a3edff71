"""What is made once and kept: paths, the store and its keys, worker processes, progress bars."""
