"""The same methods computed only where something changes, each tested equal to the plain form."""
