"""Training in its fast form: on GPUs, and in several processes at once, with the same results."""
