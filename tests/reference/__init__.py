"""What BPMN means, a second time and independently: random drawings and a small interpreter.

- `blocks`: a drawing as a tree of blocks (a row of steps, a choice, a fork, a loop …).
- `drawing.draw(chance)`: a random tree; `chance` is any `random.Random`, hypothesis' own too.
- `writing.written(drawing, key)`: that tree as a real BPMN file with its forms, for deployment.
- `interpreter.look(drawing, entries)`: what BPMN says after these entries: which steps are open,
  with what data, which timers are armed, whether it has ended. Pure: no state, no task tree.

An entry is what happened at an *address*, the place of a step in the unfolded tree: round 2 of a
loop and the third instance of a multi-instance step are places of their own. To undo something,
take entries away and look again; `interpreter.follows(one, other)` says what is a consequence of
what. Nothing here may import the engine or its library (`tests/conventions`).
"""
