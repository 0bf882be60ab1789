"""The reference interpreter knows BPMN and nothing of what it is held against."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOOK = """
import importlib, pkgutil, sys
import tests.reference
for found in pkgutil.iter_modules(tests.reference.__path__):
    importlib.import_module(f"tests.reference.{found.name}")
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_the_reference_imports_neither_the_engine_nor_its_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "tests" in loaded
    assert loaded & {"engine", "processes", "web", "SpiffWorkflow", "lxml", "sqlalchemy"} == set()
