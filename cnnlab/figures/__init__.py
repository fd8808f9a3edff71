"""The drawing code: one module for each group of notebooks, in one style."""
