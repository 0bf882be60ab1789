"""The history as Chinese sentences: one template per kind of entry.

A template may use `who` (the actor as he signs), `step` (the element) and any key of the entry's
data; a part in square brackets is left out when one of its names is empty. Data of each kind:

    instance.started    title, procedure           item.opened      assignee | group, due
    item.completed      outcome_label, comment, signed     item.reassigned  before, after, reason
    timer.fired         due, source                response.deemed  party_name, due, source
    message.*           name                       instance.*       outcome_label | reason
    absence.*           person, absence, starts, ends | before, after | planned
    mandate.given       principal, substitute, number, starts, ends, evidence
    mandate.revoked     principal, substitute, number
    b_role.*, designated.*, responsibility.*, assistant.*    who, field, starts | ends, evidence
    signing_list.*      list, principal, substitute, number, count, until
    account.*           username, reason           definition.deployed  name, version
    deadline.recounted  part, party_name, before, after, kind, calendar, notice
    calendar.imported   year, notice, workdays, calendar
    incident.*          step, number, reason
    convention.changed  key, name, before, after, reason
    contact.changed     person, email              house.kept       sessions, links, …
    clock.moved         to                         flow.passed      steps
Moments in data are ISO text and are shown as "2026年2月11日10:00".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

WORDS = {
    "instance.started": "{who}发起了流程[“{procedure}”][：{title}]",
    "instance.completed": "流程办结[，结果：{outcome_label}]",
    "instance.closed": "流程自动关闭：{reason}",
    "instance.cancelled": "{who}撤销了流程[，理由：{reason}]",
    "item.opened": "“{step}”已送达[{assignee}][{group}，待认领][，{due}前办理][，注意：{alert}]",
    "paper.printed": "{who}打印了{name}[（第{number}份）]",
    "item.claimed": "{who}认领了“{step}”",
    "item.released": "{who}把“{step}”退回了[{group}]，待重新认领",
    "item.completed": "{who}办理了“{step}”[（{part}）][，结果：{outcome_label}][，意见：{comment}]",
    "item.reassigned": "“{step}”改派[，原由{before}办理][，现由{after}办理][，原因：{reason}]",
    "item.transferred": "{who}把“{step}”转办给{after}[，理由：{reason}]",
    "item.delegated": "{who}把“{step}”委派给{after}先办[，要求：{reason}]",
    "item.given": "{who}把“{step}”改派给{after}[，原由{before}办理][，理由：{reason}]",
    "item.came_back": "“{step}”回到[{assignee}]名下",
    "item.urged": "{who}催办“{step}”[（{person}）][：{note}]",
    "signer.added": "{who}为“{step}”请{people}{part}[，事由：{reason}]",
    "signer.removed": "{who}把{person}从“{step}”减签[，理由：{reason}]",
    "signer.unneeded": "“{step}”签批人数已够[，{person}不再需要办理]",
    "instance.suspended": "{who}挂起了这件[，理由：{reason}]",
    "instance.resumed": "{who}恢复了这件[，理由：{reason}]",
    "instance.terminated": "{who}终止了这件[，理由：{reason}]",
    "instance.circulated": "{who}送{people}传阅[：{note}]",
    "instance.copied": "{who}抄送{people}[：{note}]",
    "instance.read": "{who}已阅[，意见：{remark}]",
    "instance.commented": "{who}留言：{text}",
    "item.taken_over": "“{step}”的承办单位[由{before_org}]改为{after_org}[，仍由{after}办理]"
    "[，原因：{reason}]",
    "item.voided": "“{step}”不再需要办理[，{reason}]",
    "item.returned": "{who}把“{step}”退回[到“{to}”][（{person}）][，{mode}][，理由：{reason}]"
    "[，取消：{voided}]",
    "item.withdrawn": "{who}撤回了“{step}”[，理由：{reason}]",
    "flow.passed": "流程向前推进[，经过：{steps}]",
    "timer.fired": "“{step}”已到期[（{due}）][，依据{source}]",
    "response.deemed": "[{party_name}]逾期未反馈，系统按规定记录为视为没有不同意见"
    "[（截止{due}）][，依据{source}]；无人签署",
    "response.late": "{who}登记了[{party_name}]逾期后的来文[（{received}）][，意见：{opinion}]"
    "；流程不变",
    "response.closed": "{who}把[{party_name}]到期未回复的“{step}”转入协商；无人签署",
    "message.received": "收到消息[“{name}”]",
    "message.sent": "发出消息[“{name}”]",
    "absence.recorded": "{who}登记了[{person}]外出[（{absence}）][，自{starts}][至{ends}]",
    "absence.corrected": "{who}更正了[{person}]的外出登记[，原为{before}][，现为{after}]",
    "absence.ended": "{who}登记[{person}]提前返回[，原定{planned}返回]",
    "absence.cancelled": "{who}取消了[{person}]的外出登记[（{absence}）]"
    "[，原定自{starts}][至{ends}]",
    "mandate.evidence": "{who}为委托[{number}]补充了凭据[“{file}”]",
    "b_role.given": "[{principal}的B角定为{substitute}][（{field}）][，自{starts}][至{ends}]"
    "[，依据：{evidence}]，由{who}登记",
    "designated.given": "[{principal}外出期间指定{substitute}代办][（{field}）][，编号{number}]"
    "[，自{starts}][至{ends}][，依据：{evidence}]，由{who}登记",
    "b_role.ended": "{who}终止了[{principal}与{substitute}的]AB角[，自{ends}起]",
    "responsibility.given": "[{field}由{person}分管][，自{starts}起][，依据：{evidence}]"
    "，由{who}登记",
    "responsibility.ended": "{who}终止了[{person}对]{field}的分管[，自{ends}起]",
    "assistant.given": "[{assistant}协助{leader}][，自{starts}起]，由{who}登记",
    "assistant.ended": "{who}终止了[{assistant}对{leader}的]协助[，自{ends}起]",
    "signing_list.made": "已生成[{principal}的]《{list}》[，代办人{substitute}][，编号{number}]"
    "[，共{count}件][，截至{until}]",
    "signing_list.read": "{who}已阅[《{list}》][，编号{number}]",
    "mandate.given": "[{principal}委托{substitute}代行职责][，编号{number}][，自{starts}][至{ends}]"
    "[，凭据：{evidence}]，由{who}登记",
    "mandate.revoked": "{who}撤回了[{principal}给{substitute}的]委托[，编号{number}]",
    "organisation.added": "{who}新增了[{org_kind}]“{name}”",
    "organisation.corrected": "{who}更正了“{name}”[，原为：{before}][，改为：{after}]",
    "organisation.renamed": "{before}更名为{after}[，自{starts}起][，依据：{evidence}]"
    "，由{who}登记",
    "organisation.merged": "{name}并入{successor}[，自{starts}起][，依据：{evidence}]，由{who}登记",
    "organisation.ended": "{name}停用[，自{starts}起][，依据：{evidence}]，由{who}登记",
    "person.added": "{who}新增了人员{person}[，任{posts}]",
    "person.corrected": "{who}更正了姓名[，原为：{before}][，改为：{after}]",
    "person.moved": "{person}职务变动[，免去{before}][，任{after}][，自{starts}起]"
    "[，依据：{evidence}]，由{who}登记",
    "person.left": "{person}离任[，免去{before}][，自{starts}起][，依据：{evidence}]，由{who}登记",
    "post.added": "{who}新增了职务“{after}”",
    "post.corrected": "{who}更正了职务[“{before}”][为“{after}”]",
    "reform.planned": "{who}登记了变动：{what}[，{at}生效]",
    "reform.cancelled": "{who}取消了变动：{what}[，原定{at}生效]",
    "office.imported": "{who}导入了表格{file}[：{what}]",
    "account.signed_in": "{who}登录[，{device}][，地址{address}]",
    "account.signed_out": "{who}退出登录",
    "account.refused": "登录未成功[，用户名{username}][，{reason}]",
    "account.locked": "账号[{username}]因连续登录失败被暂时锁定[，至{until}]",
    "account.founded": "初始化时开设了账号[{username}][（{roles}）]",
    "account.link_made": "在服务器上为账号[{username}]生成了一次性链接",
    "account.link_used": "{who}用一次性链接设置了账号[{username}]的密码",
    "account.opened": "{who}开设了账号[{username}][（{roles}）]",
    "account.roles_changed": "{who}把账号[{username}]的角色[由{before}]改为[{after}]",
    "account.disabled": "{who}停用了账号[{username}]",
    "account.enabled": "{who}启用了账号[{username}]",
    "account.unlocked": "{who}解除了账号[{username}]的锁定",
    "account.password_reset": "{who}重置了账号[{username}]的密码",
    "account.password_changed": "{who}修改了账号[{username}]的密码",
    "account.factor_enrolled": "{who}为账号[{username}]启用了第二因素",
    "account.factor_removed": "{who}停用了账号[{username}]的第二因素",
    "account.factor_reset": "{who}重置了账号[{username}]的第二因素",
    "account.factor_demanded": "{who}要求账号[{username}]使用第二因素",
    "account.factor_undemanded": "{who}不再要求账号[{username}]使用第二因素",
    "account.recovery_used": "{who}登录时用了一个恢复码[，还剩{left}个]",
    "account.recovery_renewed": "{who}重新生成了账号[{username}]的恢复码",
    "account.sessions_ended": "{who}结束了账号[{username}]的[{count}个]登录",
    "access.demand_changed": "{who}规定须使用第二因素的角色[：{roles}]",
    "token.issued": "{who}为账号[{username}]签发了接口令牌[，用途：{purpose}][，可{scope}]"
    "[，有效至{until}]",
    "token.revoked": "{who}撤回了账号[{username}]的接口令牌[，用途：{purpose}]",
    "audit.searched": "{who}查询了审计记录[，条件：{conditions}][，{count}条]",
    "audit.exported": "{who}导出了审计记录[，条件：{conditions}][，{count}条]",
    "audit.verified": "{who}核验了全部记录的校验链[：{result}]",
    "definition.deployed": "[{who}]部署了流程定义[“{name}”][，第{version}版]",
    "deadline.recounted": "“{step}”[（{party_name}）]的{part}按工作日历重算[，原{before}]"
    "[，现{after}][，{kind}][（历法{calendar}，{notice}）]",
    "calendar.imported": "{who}导入了{year}年工作日历[（{notice}）]，全年{workdays}个工作日"
    "[，历法{calendar}]",
    "incident.retried": "{who}对运行故障[“{step}”]重试[，事项{number}]",
    "incident.given_up": "{who}放弃处理运行故障[“{step}”][，事项{number}][，理由：{reason}]",
    "convention.changed": "{who}把约定参数“{name}”由{before}改为{after}[，理由：{reason}]",
    "contact.changed": "{who}登记了{person}的电子邮箱[：{email}]",
    "house.kept": "每日清理：删去{sessions}个已结束的登录、{links}个用过或过期的一次性链接、"
    "{attempts}条登录失败计数、{files}个没有提交的上传、{notices}条到期的通知、{letters}条送出记录",
    "clock.moved": "{who}把演示时钟拨到了[{to}]",
}
SIGNED = {
    "acting": "{actor}（代行{acted_for}职责）",
    "b_role": "{actor}（B角，代{acted_for}办理）",
    "designated": "{actor}（受指定，代{acted_for}办理）",
}
BRACKETS = re.compile(r"\[([^\[\]]*)\]")
NAMES = re.compile(r"\{(\w+)\}")


ENDS = ("。", "！", "？")  # an opinion may bring its own


def sentence(
    kind: str,
    data: Mapping[str, Any],
    *,
    actor: str | None = None,
    acted_for: str | None = None,
    signature_form: str | None = None,
    element: str | None = None,
) -> str:
    """One sentence with its full stop. An unknown kind is named as it is, never an error."""
    words = {key: _word(value) for key, value in data.items()}
    words["who"] = words.get("signed") or _signed(actor, acted_for, signature_form)
    words["step"] = element or words.get("step") or "这一步"
    template = WORDS.get(kind, f"记录：{kind}")

    def bracket(part: re.Match[str]) -> str:
        empty = any(not words.get(name) for name in NAMES.findall(part[1]))
        return "" if empty else part[1]

    kept = BRACKETS.sub(bracket, template)
    said = NAMES.sub(lambda name: words.get(name[1]) or "", kept)
    return said if said.endswith(ENDS) else said + "。"


def _signed(actor: str | None, acted_for: str | None, form: str | None) -> str:
    if actor is None:
        return "系统"
    if acted_for and form in SIGNED:
        return SIGNED[form].format(actor=actor, acted_for=acted_for)
    return actor


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(_word(item) for item in value)
    text = str(value)
    if len(text) >= 16 and text[4:5] == "-" and text[10:11] == "T":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"
    return text
