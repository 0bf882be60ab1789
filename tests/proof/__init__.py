"""The engine against the reference: random drawings are deployed, played and compared.

- `writing.written(drawing, key)`: a drawing of `tests.reference` as BPMN with its forms.
- `player.Player`: one instance of a drawing, moved through the engine's doors and compared with
  the interpreter after everything that happens.
- `going_back.Returner`: one who also returns and withdraws.
- `machine`: hypothesis decides what happens.
"""
