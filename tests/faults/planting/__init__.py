"""Bugs planted into the running product for the checker's self-proof; never part of it."""
