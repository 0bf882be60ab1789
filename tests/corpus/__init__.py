"""Diagrams of one trait each, and the proof that each runs to its end or is refused by name.

`runs/` deploy and run, `refused/` are named after the finding that refuses them, `warned/` after
the warning they pass with, `foreign/` come as other modelers write them.
"""
