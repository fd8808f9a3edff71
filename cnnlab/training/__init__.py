"""One training loop, its batches and schedules, and how nets are evaluated (ZF 3.1)."""
