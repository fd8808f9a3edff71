"""Families of part grammars; each module holds one grammar and the table of its varieties."""
