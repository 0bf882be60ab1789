"""分工和AB角: who is in charge of what, who is whose B, who assists whom, each from a day on."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import arrangements, whereabouts
from engine.duties import OFFICE
from engine.errors import NotFound
from engine.forms import Field
from engine.whereabouts import Arrangement
from web.pages import changing
from web.pages.administration.rooms import Room
from web.pages.changing import Sheet, choice, handle, holders, iso, moment_field
from web.sessions import engine

ROOM = Room(
    "division",
    OFFICE,
    "分工和AB角",
    "市政府领导分工、AB角、副秘书长协助关系：依据文号、起止时间，变更前看哪些任务换人。",
    "flow",
)
blueprint = ROOM.blueprint(__name__)
changing.keep_typed(blueprint)
VICE_MAYORS = ("executive_vice_mayor", "vice_mayor")
IN_CHARGE = ("mayor", *VICE_MAYORS, "secretary_general")
FROM = "起始时间"
EVIDENCE = Field("evidence", "依据", "text", required=True, max_length=200, help="分工通知的文号。")
ENDS = moment_field("ends_at", "终止时间")


@blueprint.get("")
def show() -> ResponseReturnValue:
    roles = whereabouts.b_roles(engine())
    return render_template(
        "administration/division.html",
        charges=whereabouts.charges(engine()),
        links=whereabouts.links(engine()),
        roles=[row for row in roles if row.state in whereabouts.OPEN],
        roles_before=[row for row in roles if row.state not in whereabouts.OPEN],
    )


def _placed() -> tuple[tuple[str, str], ...]:
    return (("管理", url_for("admin.show")), (ROOM.label, _home()))


def _home() -> str:
    return url_for(f"{ROOM.blueprint_name}.show")


def _now() -> str:
    return iso(engine().clock.now().replace(second=0, microsecond=0))


def _found(rows: tuple[Arrangement, ...], row_id: str) -> Arrangement:
    found = next((row for row in rows if row.id == row_id), None)
    if found is None:
        raise NotFound
    return found


# ---- division of labour ------------------------------------------------------------------------


@blueprint.route("/charges/new", methods=["GET", "POST"])
def take_charge() -> ResponseReturnValue:
    sheet = Sheet(
        title="登记分工",
        fields=(
            choice("field", "领域", list(engine().registry.fields.items())),
            choice("person_id", "分管领导", holders(*IN_CHARGE)),
            moment_field("valid_from", FROM, help="原分管领导到这一刻为止。"),
            EVIDENCE,
        ),
        build=lambda values: arrangements.TakeCharge(**values),
        back=_home(),
        confirm="确认登记",
        crumbs=_placed(),
        values={"field": request.args.get("field"), "valid_from": _now()},
        lead="从起始时间起，该领域未办和新到的任务送新的分管领导；已签的不变。",
        clause="工作规则第五条",
    )
    return handle(sheet)


@blueprint.route("/charges/<charge_id>/end", methods=["GET", "POST"])
def end_charge(charge_id: str) -> ResponseReturnValue:
    row = _found(whereabouts.charges(engine()), charge_id)
    return handle(
        _end(
            f"终止分工：{row.subject}，{row.person}",
            lambda values: arrangements.EndCharge(charge_id, values["ends_at"]),
            "终止后该领域没有分管领导，任务送办公室主任并提醒补登。要换人请直接登记新的分工。",
        )
    )


# ---- AB roles ----------------------------------------------------------------------------------


@blueprint.route("/ab-roles/new", methods=["GET", "POST"])
def give_b_role() -> ResponseReturnValue:
    leaders = holders(*VICE_MAYORS)
    fields = tuple(engine().registry.fields.items())
    sheet = Sheet(
        title="登记AB角",
        fields=(
            choice("principal_id", "A角", leaders),
            choice("substitute_id", "B角", leaders),
            Field(
                "field", "限于哪个领域", "enum", options=fields, help="不选则为A角分管的全部领域。"
            ),
            moment_field("starts_at", FROM),
            EVIDENCE,
        ),
        build=lambda values: arrangements.GiveBRole(**values),
        back=_home(),
        confirm="确认登记",
        crumbs=_placed(),
        values={"starts_at": _now()},
        lead="A角外出时由B角代办其分管的事项。AB角不替代市长，也不自动转给常务副市长。",
        clause="工作规则第五条",
    )
    return handle(sheet)


@blueprint.route("/ab-roles/<role_id>/end", methods=["GET", "POST"])
def end_b_role(role_id: str) -> ResponseReturnValue:
    row = next((each for each in whereabouts.b_roles(engine()) if each.id == role_id), None)
    if row is None:
        raise NotFound
    return handle(
        _end(
            f"终止AB角：{row.principal}—{row.substitute}",
            lambda values: arrangements.EndBRole(role_id, values["ends_at"]),
            "终止后A角外出时没有B角代办，任务停在A角名下并提醒秘书长。",
        )
    )


# ---- assistants --------------------------------------------------------------------------------


@blueprint.route("/links/new", methods=["GET", "POST"])
def link() -> ResponseReturnValue:
    sheet = Sheet(
        title="登记协助关系",
        fields=(
            choice("assistant_id", "副秘书长", holders("deputy_secretary_general")),
            choice("leader_id", "协助的副市长", holders(*VICE_MAYORS)),
            moment_field("valid_from", FROM, help="原来协助的副秘书长到这一刻为止。"),
        ),
        build=lambda values: arrangements.LinkAssistant(**values),
        back=_home(),
        confirm="确认登记",
        crumbs=_placed(),
        values={"valid_from": _now()},
        lead="呈批件先送协助分管领导的副秘书长审核。",
        clause="工作规则第五条",
    )
    return handle(sheet)


@blueprint.route("/links/<link_id>/end", methods=["GET", "POST"])
def end_link(link_id: str) -> ResponseReturnValue:
    row = _found(whereabouts.links(engine()), link_id)
    return handle(
        _end(
            f"终止协助关系：{row.person}—{row.subject}",
            lambda values: arrangements.EndLink(link_id, values["ends_at"]),
            "终止后该副市长的呈批件送其他副秘书长。要换人请直接登记新的协助关系。",
        )
    )


def _end(title: str, build: changing.Build, lead: str) -> Sheet:
    return Sheet(
        title=title,
        fields=(ENDS,),
        build=build,
        back=_home(),
        confirm="确认终止",
        crumbs=_placed(),
        values={"ends_at": _now()},
        lead=lead,
        grave=True,
    )
