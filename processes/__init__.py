"""The procedures of the office: one module each. What a diagram cannot draw stands here."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path

from engine.procedure import Procedure, Registry
from processes.shared import secrecy, word_count
from processes.shared.assignment import CITY, OFFICE, resolve, take_over
from processes.shared.clauses import ARTICLES
from processes.shared.fields import FIELDS
from processes.shared.handing import refuse_handing
from processes.shared.silence import refuse_silence
from processes.shared.standing_in import check_arrangement, check_mandate

CLAUSES = len(ARTICLES)
TESTS = Path(__file__).parent / "shared" / "clause_tests.json"  # written by `make rules`


def discover(*more: Procedure) -> Registry:
    """Every module here is one procedure; `shared` holds what several of them use.

    more: procedures of somebody else, under the same rules of the office.
    """
    modules = (
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
        if not info.ispkg
    )
    procedures: list[Procedure] = [*(module.PROCEDURE for module in modules), *more]
    return Registry(
        procedures,
        resolve,
        check_mandate,
        check_arrangement=check_arrangement,
        fields=FIELDS,
        take_over=take_over,
        fixed_orgs=(CITY, OFFICE),
        articles=ARTICLES,
        tests_of={int(key): value for key, value in json.loads(TESTS.read_text("utf-8")).items()},
        refuse_silence=refuse_silence,
        look_at_upload=secrecy.warning,
        refuse_handing=refuse_handing,
        read_text=word_count.text_of,
    )
