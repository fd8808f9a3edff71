"""Figures and tables with their records, the printed numbers, statistics and claims."""
