"""The only speaker of SpiffWorkflow. Doors: `compile_definition`, `Execution`.

Start-up refuses a SpiffWorkflow version other than the one every correction was proven on.
"""

import SpiffWorkflow.version

from engine.spiff import corrections
from engine.spiff.compiled import CompiledDefinition, Element, compile_definition
from engine.spiff.execution import ArmedTimer, Execution, Kept, OpenTask, Thrown, entered

PROVEN_VERSION = "3.2.0"

if SpiffWorkflow.version.__version__ != PROVEN_VERSION:
    raise ImportError(
        f"SpiffWorkflow {SpiffWorkflow.version.__version__} is installed; the corrections in"
        f" engine/spiff are proven on {PROVEN_VERSION} only"
    )

corrections.install()

__all__ = [
    "ArmedTimer",
    "CompiledDefinition",
    "Element",
    "Execution",
    "Kept",
    "OpenTask",
    "Thrown",
    "compile_definition",
    "entered",
]
