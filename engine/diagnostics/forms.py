"""Forms: every condition and rule compiles."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.reading import Package
from engine.errors import Diagnosis
from engine.form_files import check_expressions
from engine.forms import Form


def conditions_compile(package: Package, path: str, form: Form) -> Iterable[Diagnosis]:
    """A condition of a field or a rule across fields that cannot be computed."""
    for found in check_expressions(form, package.known.functions):
        yield Diagnosis(
            message=found.message,
            field=found.field,
            code="form-expression",
            remedy="请按《表达式》说明改写；没有的函数请先登记",
            file=path,
        )
