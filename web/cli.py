"""The command line. Every refusal is one Chinese sentence on the error stream."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import click

from engine import (
    accounts,
    backup,
    definitions,
    history,
    holiday_tables,
    search,
    timers,
    waking,
    years,
)
from engine.calendar import Calendar
from engine.clock import parse_moment
from engine.errors import Diagnosis, GuichengError, Invalid, Malformed
from engine.settings import Settings
from engine.startup import Engine, spare_what_stands
from processes import discover
from web import doctor as examination
from web.app import create_app
from web.demo import office
from web.installing import found_office, make_ready, opened, refuse_empty
from web.serving import Server, stop_on_signals, wait_for_signals

NEXT_STEPS = """
为什么是两位：系统管理员登记人员但不能开账号，安全保密管理员开账号但不能登记人员，谁也不能单独放人进来。
接下来：
  1. 启动：make run DEMO=0（对外服务加 HOST=地址，并放在 HTTPS 之后）。
  2. 两位管理员打开各自的链接，设置密码，登录。
  3. 系统管理员登记人员和职务；安全保密管理员为他们开账号，其中一人为安全审计员。
链接过期或丢失：.venv/bin/guicheng link 用户名
"""
paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


class Sentences(click.Group):
    """Turns our refusals into a sentence and exit status 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GuichengError as error:
            click.echo(error.message, err=True)
            for finding in error.findings if isinstance(error, Invalid) else ():
                place = f"{finding.file}：" if isinstance(finding, Diagnosis) else ""
                click.echo(f"  {place}{finding.message}", err=True)
            ctx.exit(2)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """规程：按《工作规则》办文办会的流程系统。设置见 README（GUICHENG_* 环境变量）。"""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")


@contextmanager
def _opened() -> Iterator[Engine]:
    with opened(Settings.from_environment(), discover()) as engine:
        yield engine


@main.command()
@click.option("--once", is_flag=True, help="准备好（演示模式下播放完）即退出，不提供服务。")
def serve(once: bool) -> None:
    """准备并提供服务；Ctrl-C 停止。"""
    settings = Settings.from_environment()
    make_ready(settings, discover(), click.echo)
    if once:
        return
    with _opened() as engine, waking.awake(engine) if settings.sweep else nullcontext():
        refuse_empty(engine)
        app = create_app(engine)
        if settings.demo:
            office.invite(app, engine)
        server = Server(app, settings)
        stop_on_signals(server)
        spare_what_stands()
        _greet(engine, settings)
        server.run()
    click.echo("已停止。")


def _greet(engine: Engine, settings: Settings) -> None:
    click.echo(f"\n规程已启动：http://{settings.host}:{settings.port}　（Ctrl-C 停止）")
    if not settings.demo:
        return
    click.echo(f"演示账号，密码都是 {office.read()['password']}：")
    for username, name, title in office.shown_accounts(engine):
        click.echo(f"  {username:<16}{name}　{title}")
    sys.stdout.flush()


@main.command()
def worker() -> None:
    """处理到期事项、送出通知，不提供网页；可以同时开几个（PostgreSQL）。Ctrl-C 停止。"""
    with _opened() as engine:
        waking.refuse_alone(engine)
        spare_what_stands()
        with waking.awake(engine, "worker"):
            click.echo("处理进程已启动。（Ctrl-C 停止）")
            wait_for_signals()
    click.echo("已停止。")


@main.command()
def prepare() -> None:
    """建立或升级数据库，导入流程（演示模式下建演示机构）。"""
    make_ready(Settings.from_environment(), discover(), click.echo)


@main.command()
@click.option("--system-admin", metavar="姓名", help="系统管理员的姓名。")
@click.option("--security-admin", metavar="姓名", help="安全保密管理员的姓名。")
@click.option("--system-user", default="sysadmin", show_default=True, help="前者的用户名。")
@click.option("--security-user", default="secadmin", show_default=True, help="后者的用户名。")
@click.option("--url", help="本系统的网址，印在链接里；缺省为 http://HOST:PORT。")
def init(
    system_admin: str | None,
    security_admin: str | None,
    system_user: str,
    security_user: str,
    url: str | None,
) -> None:
    """初始化一个正式的安装：只有机构和职务，没有人员；两位管理员各得一个一次性链接。"""
    settings = Settings.from_environment()
    founders = [
        accounts.Founder(_asked(system_admin, "系统管理员"), system_user, "system_admin"),
        accounts.Founder(_asked(security_admin, "安全保密管理员"), security_user, "security_admin"),
    ]
    made = found_office(settings, discover(), click.echo, founders)
    address = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    click.echo("\n下面的链接只显示这一次。请分别交给本人，24小时内打开，用一次即失效：")
    for founder, each in zip(founders, made, strict=True):
        click.echo(f"  {accounts.ROLES[founder.role]} {each.name}（账号 {each.username}）")
        click.echo(f"    {address}/entry/{each.secret}")
    click.echo(NEXT_STEPS)


def _asked(given: str | None, whose: str) -> str:
    """A name from the option, else from whoever sits at the terminal."""
    if given is not None or not sys.stdin.isatty():
        return given or ""
    return str(click.prompt(f"{whose}的姓名"))


@main.command()
@click.argument("user")
@click.option("--url", help="本系统的网址，印在链接里；缺省为 http://HOST:PORT。")
def link(user: str, url: str | None) -> None:
    """为账号生成一个新的一次性链接，打开后设置密码；原来的链接失效。"""
    settings = Settings.from_environment()
    with _opened() as engine:
        made = accounts.renewed(engine, user)
    address = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    click.echo(f"{made.name}（账号 {made.username}），24小时内打开，用一次即失效：")
    click.echo(f"  {address}/entry/{made.secret}")


@main.command()
@paths
@click.option("--json", "as_json", is_flag=True, help="以JSON列出问题。")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """检查流程文件，列出全部问题；有错误时退出状态为1，只有提醒时为0。"""
    registry = discover()
    findings = definitions.check(
        paths,
        registry.functions(),
        registry.conventions,
        roles=_roles_of_this_place(),
        clauses=registry.clauses,
        refuse_silence=registry.refuse_silence,
    )
    errors = [each for each in findings if each.refuses]
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in findings], ensure_ascii=False, indent=2))
    else:
        for each in findings:
            word = "错误" if each.refuses else "提醒"
            click.echo(f"{word}\t{each.file}\t{each.field or '－'}\t{each.message}")
            click.echo(f"\t改法：{each.remedy}。")
        counted = f"共{len(errors)}个错误、{len(findings) - len(errors)}个提醒。"
        click.echo(counted if findings else "没有问题。")
    if errors:
        raise SystemExit(1)


def _as_json(found: Diagnosis) -> dict[str, object]:
    return {
        "severity": found.severity,
        "code": found.code,
        "file": found.file,
        "element": found.field,
        "name": found.name,
        "message": found.message,
        "remedy": found.remedy,
    }


def _roles_of_this_place() -> frozenset[str] | None:
    """The posts of the installation where there is one; without one roles are not checked."""
    try:
        with _opened() as engine:
            return definitions.roles(engine)
    except GuichengError:
        return None


@main.command()
@paths
def deploy(paths: tuple[Path, ...]) -> None:
    """部署流程文件；内容没有变化的不再导入。"""
    with _opened() as engine:
        rows = definitions.deploy(engine, paths)
    for row in rows:
        click.echo(f"已部署：{row.name}（{row.key}，第{row.version}版）")
    if not rows:
        click.echo("没有变化，不需要部署。")


@main.command("fire-timers")
def fire_timers() -> None:
    """处理所有到期的时限（服务运行时会自动处理）。"""
    with _opened() as engine:
        click.echo(f"处理了{timers.fire_due(engine)}项到期的时限。")


@main.command()
def reindex() -> None:
    """重建查找用的索引（标题、文号、来文单位、正文）；期间照常办公，查找暂时不全。"""
    with _opened() as engine:
        click.echo(f"已重建，可以查找{search.reindex(engine)}件事项。")


@main.command()
@click.argument("user")
@click.option("--read-only", is_flag=True, help="只能读取。")
@click.option("--days", default=30, show_default=True, help="有效天数。")
def token(user: str, read_only: bool, days: int) -> None:
    """为账号签发接口令牌，只显示这一次。"""
    scope = ("read",) if read_only else accounts.SCOPES
    with _opened() as engine:
        click.echo(accounts.issue_token(engine, user, scope=scope, days=days))


@main.command()
@click.argument("moment")
@click.argument("term")
def deadline(moment: str, term: str) -> None:
    """计算期限：MOMENT 为带时区的ISO时刻，TERM 如 7wd（工作日）、15d（日）、3mo（月）。"""
    try:
        start = parse_moment(moment)
    except ValueError:
        raise Malformed(
            f"时刻“{moment}”读不懂：请写成带时区的ISO格式，如 2026-02-11T10:00:00+08:00。"
        ) from None
    found = _calendar_of_this_place().deadline(start, term)
    click.echo(found.at.isoformat())
    if found.warning is not None:
        click.echo(found.warning, err=True)


def _calendar_of_this_place() -> Calendar:
    """The installation's calendar where there is one, else the published years."""
    try:
        with _opened() as engine:
            return engine.calendar()
    except GuichengError:
        return Calendar()


@main.group()
def calendar() -> None:
    """工作日历。表的写法：每行一项，如“放假,元旦,2027-01-01,2027-01-03”，见管理员手册。"""


@calendar.command("preview")
@click.argument("file", type=click.File("rb"))
def preview_calendar(file: BinaryIO) -> None:
    """看一看导入 FILE 会改动哪些在办事项的时限，不作任何改动。"""
    with _opened() as engine:
        found = years.preview_of(engine, holiday_tables.read(holiday_tables.decode(file.read())))
    year, after = found.arrangement.number, found.after
    click.echo(
        f"{year}年（{after.notice}）：放假{after.off}天，调休上班{after.extra}天，", nl=False
    )
    click.echo(f"全年{after.workdays}个工作日（现为{found.before.workdays}个）。")
    for hint in found.arrangement.hints:
        click.echo(f"提示：{hint}")
    for each in found.moved:
        click.echo(f"  {each.procedure}{each.number or ''}　{each.words}")
    click.echo(f"共{found.total}项时限会改动。")


@calendar.command("import")
@click.argument("file", type=click.File("rb"))
def import_calendar(file: BinaryIO) -> None:
    """导入 FILE 中一个年度的安排，并重算受影响的时限。"""
    found = holiday_tables.read(holiday_tables.decode(file.read()))
    with _opened() as engine:
        click.echo(years.import_year(engine, None, found)["message"])
        timers.fire_due(engine)
        done = years.last_recount(engine)
    if done is not None and done.state == "done":
        click.echo(f"重算完成，改动了{done.moved}项时限。")
    else:
        click.echo("重算没有全部成功，系统会自动重试；请在“运行故障”页面查看。")


@main.group()
def audit() -> None:
    """历史记录。"""


@audit.command()
def verify() -> None:
    """核对全部历史记录的哈希链；有问题时退出状态为1。"""
    with _opened() as engine:
        report = history.verify(engine)
    click.echo(
        f"核对了{report.chains}条链、{report.links}条记录、{report.signatures}个签批、"
        f"{report.anchors}个外部锚点。"
    )
    for problem in report.problems:
        click.echo(problem)
    click.echo("完整，没有改动。" if report.ok else "历史记录有问题，请保全现场并报告。")
    if not report.ok:
        raise SystemExit(1)


@main.command("backup")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def back_up(folder: Path | None) -> None:
    """备份数据库和文件（一致的一份）到 FOLDER，缺省为数据文件夹下的 backups。"""
    with _opened() as engine:
        path = backup.create(engine, folder or engine.settings.data / "backups")
    click.echo(f"备份完成：{path}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """把备份恢复到一个空的安装。"""
    report = backup.restore(Settings.from_environment(), file, click.echo)
    if not report.ok:
        for problem in report.problems:
            click.echo(problem)


@main.command()
def doctor() -> None:
    """检查安装是否完好，逐项说明怎么办；有问题时退出状态为1。"""
    found = list(examination.examine(Settings.from_environment(), discover()))
    for each in found:
        mark = "✓" if each.good else "✗"
        click.echo(f"{mark} {each.what}：{each.detail}")
    if not all(each.good for each in found):
        raise SystemExit(1)
