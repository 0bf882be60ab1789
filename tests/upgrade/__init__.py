"""Databases of earlier versions with an instance in every waiting state; today's program ends them.

- `waiting`: what waits, how it got there (`acts`), and what must have come of it (`finishing`).
- `documents`, `post`: documents of the office on their way, and what was not delivered.
- `python -m tests.upgrade.freezing` makes `frozen/<version>-<schema>.tar.gz` of today's program.
- `thawing`: puts a frozen one into either kind of database, at the schema it had.

A frozen file is never made anew. Every released version and the newest schema have one (tests
demand it): whoever adds a migration adds the database that was frozen with it.
"""
