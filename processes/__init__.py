"""The procedures of the office: one module each. What a diagram cannot draw stands here."""

from __future__ import annotations

import importlib
import pkgutil

from engine.procedure import Procedure, Registry
from processes.shared import secrecy
from processes.shared.assignment import CITY, OFFICE, resolve, take_over
from processes.shared.fields import FIELDS
from processes.shared.silence import refuse_silence
from processes.shared.standing_in import check_arrangement, check_mandate

CLAUSES = 48  # articles of the work rules


def discover() -> Registry:
    """Every module here is one procedure; `shared` holds what several of them use."""
    modules = (
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
        if not info.ispkg
    )
    procedures: list[Procedure] = [module.PROCEDURE for module in modules]
    return Registry(
        procedures,
        resolve,
        check_mandate,
        check_arrangement=check_arrangement,
        fields=FIELDS,
        take_over=take_over,
        fixed_orgs=(CITY, OFFICE),
        clauses=CLAUSES,
        refuse_silence=refuse_silence,
        look_at_upload=secrecy.warning,
    )
