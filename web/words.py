"""How moments, sizes and spans read on the screens. Given to the templates as filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from flask import Flask, request, url_for

from engine import conventions
from engine.accounts import ROLES
from engine.clock import CHINA
from engine.forms import Field, Form
from engine.model import TaskView
from engine.numerals import numeral
from engine.startup import Engine

WEEKDAYS = "一二三四五六日"
MINUTE, HOUR, DAY = 60, 3600, 86400
HALF_A_ROW, SHORT_LABEL = 18, 8  # characters that half a row of facts holds
MOST_COUNTED = 999
NAMED_NEXT = 3  # possible next steps spelled out before "等"
STATES = {"running": "办理中", "completed": "办结", "cancelled": "已撤销"}
URGENCIES = {"none": "", "normal": "", "urgent": "加急", "extra": "特急"}
ROLE_MAY = {
    "staff": "发起事项，办理送到本人和本科室的步骤；只看得到本人发起、经手或本科室可认领的事项。",
    "designer": "部署流程图；部署前系统检查，有问题不能部署。",
    "manager": "查看全部事项和进度，可以催办；不能代替他人办理。",
    "system_admin": "管理运行：演示时钟、备份和恢复；不能办理公文，不能更改办理记录。",
    "security_admin": "管理账号、会话和接口令牌；不能办理公文，不能更改办理记录。",
    "audit_admin": "查询谁在何时对哪一件做了什么，核验全部记录；看不到标题和意见；"
    "不能办理公文，不能更改任何记录。",
}


def long_day(day: date) -> str:
    """2026年2月25日 星期三."""
    return f"{day.year}年{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}"


def moment(at: datetime | None, now: datetime | None = None) -> str:
    """今天 09:12; 2月25日 09:12; with the year when it is another one."""
    if at is None:
        return "——"
    if now is not None and at.date() == now.date():
        return f"今天 {at:%H:%M}"
    year = "" if now is not None and at.year == now.year else f"{at.year}年"
    return f"{year}{at.month}月{at.day}日 {at:%H:%M}"


def span(seconds: int | None) -> str:
    """用时 3 小时 20 分. Calendar time, from offer to completion."""
    if seconds is None:
        return ""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    if days:
        return f"用时 {days} 天 {hours} 小时" if hours else f"用时 {days} 天"
    if hours:
        return f"用时 {hours} 小时 {rest // MINUTE} 分" if rest >= MINUTE else f"用时 {hours} 小时"
    return f"用时 {max(1, rest // MINUTE)} 分钟"


def size(octets: int) -> str:
    """86 KB, 1.4 MB."""
    if octets < 1024:
        return f"{octets} 字节"
    if octets < 1024 * 1024:
        return f"{octets / 1024:.0f} KB"
    return f"{octets / 1024 / 1024:.1f} MB"


def extension(name: str) -> str:
    """PDF, for the small box before a file's name."""
    suffix = name.rpartition(".")[2] if "." in name else ""
    return suffix.upper()[:5] or "文件"


def urgency(word: str | None) -> str:
    """特急 / 加急; empty for an ordinary one."""
    return URGENCIES.get(word or "", word or "")


def capped(count: int) -> str:
    """A number on a tab; what was not counted to its end says so."""
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def local_input(value: object) -> str:
    """An ISO moment with offset as a datetime-local input wants it: 2026-02-27T18:00."""
    text = str(value or "")
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return text
    if parsed.tzinfo is not None:
        parsed = parsed.astimezone(CHINA)
    return parsed.strftime("%Y-%m-%dT%H:%M")


def form_groups(form: Form | None) -> list[tuple[str, list[Field]]]:
    """The fields to fill in, under the headings of their groups, in the form's order."""
    groups: dict[str, list[Field]] = {}
    for each in form.fields if form is not None else ():
        if each.source is None and form is not None and each not in (form.outcome, form.comment):
            groups.setdefault(each.group or "", []).append(each)
    return list(groups.items())


def in_rows(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    """(label, text, whether it takes a whole row) in two columns without holes."""
    rows: list[tuple[str, str, bool]] = []
    alone = False  # whether the last one stands in a row by itself and has room beside it
    for label, text in facts:
        wide = len(text) > HALF_A_ROW or len(label) > SHORT_LABEL
        if wide and alone:
            rows[-1] = (*rows[-1][:2], True)
        rows.append((label, text, wide))
        alone = not wide and not alone
    if alone:
        rows[-1] = (*rows[-1][:2], True)
    return rows


def following(view: TaskView, seen: Sequence[str]) -> tuple[str, str] | None:
    """(what it says, who) of the next step: as tried out, else as far as the picture tells."""
    if seen:
        main = next((each.label for each in view.actions if each.primary), "提交")
        return f"{main}后", "；".join(seen)
    if not view.next_steps:
        return None
    if len(view.next_steps) == 1:
        return "下一步", view.next_steps[0]
    more = "等" if len(view.next_steps) > NAMED_NEXT else ""
    return "下一步由填写的内容决定，可能是", "；".join(view.next_steps[:NAMED_NEXT]) + more


def at_page(parameter: str, number: int) -> str:
    """The address of this page with one parameter changed."""
    query = {**request.args.to_dict(), parameter: number}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **query})


def register(app: Flask, engine: Engine) -> None:
    """Give the words to the templates."""
    app.template_filter("moment")(lambda at: moment(at, engine.clock.now()))
    app.template_filter("system_moment")(lambda at: moment(at, engine.system_clock.now()))
    app.template_filter("dated")(moment)  # with the year, for what is kept on paper
    app.template_filter("span")(span)
    app.template_filter("size")(size)
    app.template_filter("extension")(extension)
    app.template_filter("urgency")(urgency)
    app.template_filter("capped")(capped)
    app.template_filter("local_input")(local_input)
    app.template_filter("long_day")(long_day)
    app.template_filter("in_rows")(in_rows)
    app.template_filter("numeral")(numeral)
    app.jinja_env.globals.update(
        agreed=lambda key: conventions.current(engine)[key],
        in_words=lambda text: conventions.current(engine).told(text),
        STATES=STATES,
        ROLES=ROLES,
        ROLE_MAY=ROLE_MAY,
        form_groups=form_groups,
        at_page=at_page,
        new_key=lambda: uuid4().hex,
    )
