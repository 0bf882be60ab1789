"""Forms: every condition and rule compiles, and sentences name conventions that exist."""

from __future__ import annotations

from collections.abc import Iterable

from engine.conventions import NAMED
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


def sentences_name_conventions(package: Package, path: str, form: Form) -> Iterable[Diagnosis]:
    """A sentence that shows the value of a convention 【约】 which no procedure declares."""
    known = package.known.conventions
    if known is None:
        return
    sentences = [(each.key, each.help or "") for each in form.fields]
    sentences += [(rule.field or rule.code, rule.message) for rule in form.rules]
    for place, sentence in sentences:
        for name in NAMED.findall(sentence):
            if name not in known:
                yield Diagnosis(
                    message=f"“{sentence}”应写已有的约定参数，实为“{name}”，没有。",
                    field=place,
                    code="convention-missing",
                    remedy="请先在流程的模块里声明这个约定参数，或写出数值",
                    file=path,
                )
