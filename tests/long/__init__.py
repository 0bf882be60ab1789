"""Proofs that take longer than a test may: one module a part, `make test-long SCALE=…`.

A part has `run(scale, seed)`: it does its work, raises AssertionError when something does not hold,
and returns its figures. SCALE=1 is the full size.
"""
