"""外出和代行: who is away, who acts in his place, for whoever registers it (工作规则第五条)."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engine import arrangements, signing_lists, substitution, whereabouts
from engine.duties import SUBSTITUTION
from engine.errors import NotFound
from engine.forms import Field
from web.pages import absences, changing
from web.pages.administration.rooms import Room
from web.pages.changing import Sheet, Values, choice, handle, holders, moment_field
from web.sessions import actor, engine

ROOM = Room(
    "substitution",
    SUBSTITUTION,
    "外出和代行",
    "登记外出、代行委托和指定代办，看现在由谁办理，处理没有人能办的事项。",
    "user",
)
blueprint = ROOM.blueprint(__name__)
changing.keep_typed(blueprint)
EVIDENCE = Field(
    "evidence",
    "委托记录",
    "textarea",
    required=True,
    max_length=2000,
    help="市长如何委托，何时，何人记录。",
)
FILE = Field("evidence_file", "市长签批件", "file", help="按约定应附；可以登记后补传。")
CLAUSE_5 = "工作规则第五条"


@blueprint.get("")
def show() -> ResponseReturnValue:
    away = whereabouts.absences(engine(), actor())
    given = whereabouts.substitutions(engine(), actor())
    is_open = whereabouts.OPEN
    return render_template(
        "administration/substitution.html",
        stuck=whereabouts.stuck(engine(), actor()),
        away=[row for row in away if row.state in is_open],
        given=[row for row in given if row.state in is_open],
        away_before=[row for row in away if row.state not in is_open],
        given_before=[row for row in given if row.state not in is_open],
        lists=signing_lists.find(engine(), actor()),
    )


def _placed(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (("管理", url_for("admin.show")), (ROOM.label, _home()), *more)


def _home() -> str:
    return url_for(f"{ROOM.blueprint_name}.show")


# ---- absences --------------------------------------------------------------------------------


@blueprint.route("/absences/new", methods=["GET", "POST"])
def add_absence() -> ResponseReturnValue:
    return handle(absences.new(person_id=None, back=_home(), nav="admin", crumbs=_placed()))


@blueprint.route("/absences/<absence_id>", methods=["GET", "POST"])
def correct_absence(absence_id: str) -> ResponseReturnValue:
    row = whereabouts.absence(engine(), actor(), absence_id)
    return handle(absences.correct(row, back=_home(), nav="admin", crumbs=_placed()))


@blueprint.route("/absences/<absence_id>/end", methods=["GET", "POST"])
def end_absence(absence_id: str) -> ResponseReturnValue:
    row = whereabouts.absence(engine(), actor(), absence_id)
    return handle(absences.end(row, back=_home(), nav="admin", crumbs=_placed()))


# ---- mandates --------------------------------------------------------------------------------


@blueprint.route("/mandates/new", methods=["GET", "POST"])
def give_mandate() -> ResponseReturnValue:
    mayors = holders("mayor")
    fields = (
        choice("principal_id", "委托人", mayors),
        choice("substitute_id", "受托人", holders("executive_vice_mayor", "vice_mayor")),
        Field(
            "scope",
            "授权范围",
            "enums",
            required=True,
            options=tuple(substitution.SCOPES.items()),
            help="没有勾选的不能代行。签署规章、决定、命令、议案须单独勾选“签署”（第三十五条）。",
        ),
        moment_field("starts_at", "开始时间"),
        moment_field("ends_at", "结束时间", help="到期自动失效，未签的任务回到市长名下。"),
        Field("reason", "外出事由", "text", max_length=200),
        EVIDENCE,
        FILE,
    )

    def build(values: Values) -> substitution.GiveMandate:
        return substitution.GiveMandate(**{**values, "scope": tuple(values["scope"])})

    sheet = Sheet(
        title="登记代行委托",
        fields=fields,
        build=build,
        back=_home(),
        confirm="确认登记",
        crumbs=_placed(),
        values={"principal_id": mayors[0][0] if mayors else None},
        lead="代行须有市长委托。常务副市长不自动代行，秘书长、副秘书长不能代行。",
        clause=CLAUSE_5,
    )
    return handle(sheet)


@blueprint.get("/mandates/<mandate_id>")
def mandate(mandate_id: str) -> ResponseReturnValue:
    row = _mandate(mandate_id)
    lists = signing_lists.find(engine(), actor())
    return render_template(
        "administration/mandate.html",
        row=row,
        signings=signing_lists.so_far(engine(), actor(), mandate_id),
        lists=[each for each in lists if each.number == row.number],
    )


@blueprint.route("/mandates/<mandate_id>/revoke", methods=["GET", "POST"])
def revoke(mandate_id: str) -> ResponseReturnValue:
    row = _mandate(mandate_id)
    sheet = Sheet(
        title=f"撤回{row.kind_name}：{row.number}",
        fields=(),
        build=lambda _: substitution.RevokeMandate(mandate_id),
        back=url_for(".mandate", mandate_id=mandate_id),
        confirm="确认撤回",
        crumbs=_placed((str(row.number), url_for(".mandate", mandate_id=mandate_id))),
        lead=f"{row.substitute}即刻起不再代办。未签的任务回到{row.principal}名下，已签的有效。",
        grave=True,
    )
    return handle(sheet)


@blueprint.route("/mandates/<mandate_id>/evidence", methods=["GET", "POST"])
def evidence(mandate_id: str) -> ResponseReturnValue:
    row = _mandate(mandate_id)
    sheet = Sheet(
        title=f"补传凭据：{row.number}",
        fields=(Field("file_id", "市长签批件", "file", required=True),),
        build=lambda values: substitution.AttachEvidence(mandate_id, values["file_id"]),
        back=url_for(".mandate", mandate_id=mandate_id),
        confirm="确认附上",
        crumbs=_placed((str(row.number), url_for(".mandate", mandate_id=mandate_id))),
        lead="附上后不能替换。委托人、受托人和登记人可以查看。",
    )
    return handle(sheet)


def _mandate(mandate_id: str) -> whereabouts.SubstitutionRow:
    row = whereabouts.substitution(engine(), actor(), mandate_id)
    if row.kind == "b_role":
        raise NotFound
    return row


# ---- designations ----------------------------------------------------------------------------


@blueprint.route("/designations/new", methods=["GET", "POST"])
def designate() -> ResponseReturnValue:
    leaders = holders(
        "executive_vice_mayor", "vice_mayor", "secretary_general", "deputy_secretary_general"
    )
    fields = (
        choice("principal_id", "外出的人", leaders),
        choice("substitute_id", "指定的代办人", leaders),
        Field(
            "field",
            "限于哪个领域",
            "enum",
            options=tuple(engine().registry.fields.items()),
            help="不选则为其全部事项。",
        ),
        moment_field("starts_at", "开始时间"),
        moment_field("ends_at", "结束时间"),
        Field("evidence", "市长指定的记录", "textarea", required=True, max_length=2000),
    )
    sheet = Sheet(
        title="登记指定代办",
        fields=fields,
        build=lambda values: arrangements.Designate(**values),
        back=_home(),
        confirm="确认登记",
        crumbs=_placed(),
        lead="分管领导和B角都外出，或者秘书长外出时，由秘书长报市长指定代办人，在此登记。",
        clause=CLAUSE_5,
    )
    return handle(sheet)
