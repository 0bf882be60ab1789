"""Databases of earlier versions with an instance in every waiting state; today's program ends them.

- `waiting`: what waits, how it got there, and what must have come of it.
- `python -m tests.upgrade.freezing` makes `frozen/<version>-<schema>.tar.gz` of today's program.
- `thawing`: puts a frozen one into either kind of database, at the schema it had.

A frozen file is never made anew. Every released version has one (a test demands it), and whoever
adds a schema with another way to wait adds one too.
"""
