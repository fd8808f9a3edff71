"""Before a profile is started: the hours, the disk and the memory that it takes on this machine."""
