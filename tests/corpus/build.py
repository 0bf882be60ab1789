"""Writes the diagrams of the corpus: `python -m tests.corpus.build`; what it wrote is committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.corpus.drawing import MESSAGE
from tests.corpus.drawn_faults import REFUSED, WARNED
from tests.corpus.drawn_runs import RUNS
from tests.diagrams import diagram

HERE = Path(__file__).parent
MESSAGES = ("news", "withdraw")


def key_of(name: str) -> str:
    """The process id of a diagram."""
    return "c_" + name.replace("-", "_")


def build(folder: Path, drawings: Mapping[str, str], *, clear: bool = True) -> None:
    """Write one file for each drawing; what stood there and is drawn no more goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.bpmn"):
        if clear and old.stem not in drawings:
            old.unlink()
    for name, body in drawings.items():
        key = "calls_itself" if "calls_itself" in body else key_of(name)
        messages = "".join(MESSAGE.format(each) for each in MESSAGES if f'"M_{each}"' in body)
        text = diagram(key, body, before=messages, name=name)
        (folder / f"{name}.bpmn").write_text(text, "utf-8")


def main() -> None:
    """Every folder of the corpus that is drawn here; `foreign/` is kept by hand."""
    build(HERE / "runs", RUNS)
    build(HERE / "refused", REFUSED)
    build(HERE / "warned", WARNED)
    defaults = {
        key_of("timer-may-be-empty"): {"due_at": None},
        key_of("fact-never-written"): {"sent_at": None},
        key_of("condition-not-boolean"): {"listed": []},
        key_of("interruption-loses-data"): {"note": None},
        key_of("duplicate-id"): {"names": []},
    }
    for folder in ("refused", "warned"):
        own = {
            key: values
            for key, values in defaults.items()
            if any(key_of(path.stem) == key for path in (HERE / folder).glob("*.bpmn"))
        }
        text = json.dumps(own, ensure_ascii=False, indent=2)
        (HERE / folder / "variables.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
