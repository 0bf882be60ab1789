"""The sheets about absences, the same for a registrar and for oneself."""

from __future__ import annotations

from engine import substitution, whereabouts
from engine.forms import Field
from engine.whereabouts import AbsenceRow
from web.pages.changing import Sheet, Values, choice, iso, moment_field

KINDS = list(substitution.ABSENCES.items())
SECTION_45 = "工作规则第四十五条"
WHO = Field("person_id", "外出的人", "person", required=True)
SPAN = (
    choice("kind", "外出类型", KINDS),
    moment_field("starts_at", "离开时间", help="从这一刻起，未办的任务按规则改由代办人办理。"),
    moment_field("ends_at", "返回时间", help="到这一刻，未签的任务回到本人名下。"),
    Field(
        "approved_by",
        "批准人或批准文号",
        "text",
        max_length=200,
        help="按规定事先请假的，写明批准情况。",
    ),
)


def new(
    *, person_id: str | None, back: str, nav: str, crumbs: tuple[tuple[str, str], ...]
) -> Sheet:
    """Register an absence; of this person, or of somebody to be chosen."""

    def build(values: Values) -> substitution.AddAbsence:
        values.setdefault("person_id", person_id)
        return substitution.AddAbsence(**values)

    return Sheet(
        title="登记外出",
        fields=SPAN if person_id else (WHO, *SPAN),
        build=build,
        back=back,
        confirm="确认登记",
        nav=nav,
        crumbs=crumbs,
        lead="登记外出不等于请假。请假另按规定办理，这里写明批准情况。",
        clause=SECTION_45,
    )


def correct(row: AbsenceRow, *, back: str, nav: str, crumbs: tuple[tuple[str, str], ...]) -> Sheet:
    """Correct an absence that is not over."""
    return Sheet(
        title=f"更正外出：{row.person}",
        fields=SPAN,
        build=lambda values: substitution.CorrectAbsence(row.id, **values),
        back=back,
        confirm="确认更正",
        nav=nav,
        crumbs=crumbs,
        values={
            "kind": row.kind,
            "approved_by": row.approved_by,
            "starts_at": iso(row.starts_at),
            "ends_at": iso(row.ends_at),
        },
        lead="更正前后的内容都记入审计记录。",
    )


def end(row: AbsenceRow, *, back: str, nav: str, crumbs: tuple[tuple[str, str], ...]) -> Sheet:
    """Back early, or not leaving at all."""
    begun = row.state == whereabouts.CURRENT
    return Sheet(
        title=f"{'提前返回' if begun else '取消外出'}：{row.person}",
        fields=(),
        build=lambda _: substitution.EndAbsence(row.id),
        back=back,
        confirm="确认已返回" if begun else "确认取消",
        nav=nav,
        crumbs=crumbs,
        lead="从现在起算已返回：未签的任务回到本人名下，代办人已签的有效。"
        if begun
        else "取消后视为没有登记过这次外出，审计记录保留。",
        grave=True,
    )
