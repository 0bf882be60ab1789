"""Figures, side by side in one run. No part of the tests: times are compared, never asserted.

`python -m benchmarks` prints them all; a gate that is missed ends it with exit status 1.
"""
