"""归档: called when a matter is closed (公文处理工作条例第二十七条)."""

from __future__ import annotations

from engine.procedure import Column, Context, Procedure, Register, lasting, with_context

ARCHIVE = Register(
    key="archive",
    name="归档目录",
    columns=(
        Column("number", "档号"),
        Column("title", "标题"),
        Column("reg_no", "收文号"),
        Column("retention", "保管期限"),
        Column("decision", "办理结果"),
    ),
    unique=("number",),
)


@lasting
@with_context
def archive_number(
    context: Context, title: str, reg_no: str | None, retention: str, decision: str | None
) -> str:
    """Take the next archive number of the year and enter the file in the catalogue."""
    number = f"{context.now.year}-{context.take_number(ARCHIVE.key):04d}"
    record = {"title": title, "reg_no": reg_no, "retention": retention, "decision": decision}
    context.add_record(ARCHIVE.key, {"number": number, **record})
    return number


PROCEDURE = Procedure(
    key="archive",
    name="归档",
    functions={"archive_number": archive_number},
    registers=(ARCHIVE,),
    description="核对材料，定保管期限，编档号。",
    clause="工作规则第三十五条",
)
