"""Forms that are faster than the plain ones, and tested equal to them."""
