"""Examines an installation: each item with what was found and, when bad, the remedy."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine import definitions, incidents, installation, waking, years
from engine.errors import GuichengError
from engine.model import Actor
from engine.procedure import Registry
from engine.settings import Settings
from engine.startup import Engine, build

NEEDED = ("SpiffWorkflow", "Flask", "SQLAlchemy", "APScheduler", "lxml", "waitress")
ROOM = 500  # MiB of free disk below which it is time to act
MANIFEST = Path(__file__).parent / "static" / "dist" / "manifest.json"
NOBODY = Actor("", "", "", "", frozenset())


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at."""

    what: str
    good: bool
    detail: str


def examine(settings: Settings, registry: Registry) -> Iterator[Item]:
    """Everything, in the order in which one would repair it."""
    yield Item("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _libraries()
    yield _folder(settings)
    yield Item(
        "页面资源",
        MANIFEST.exists(),
        "已生成" if MANIFEST.exists() else "没有生成，请运行 make setup",
    )
    try:
        engine = build(settings, registry)
    except GuichengError as error:
        yield Item("数据库", False, error.message)
        return
    try:
        yield from _inside(engine)
    except GuichengError as error:
        yield Item("数据库", False, error.message)
    finally:
        engine.close()


def _libraries() -> Item:
    found, missing = [], []
    for name in NEEDED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Item("依赖", False, f"缺少 {'、'.join(missing)}，请运行 make setup")
    return Item("依赖", True, "、".join(found))


def _folder(settings: Settings) -> Item:
    data = settings.data
    if not data.is_dir() or not os.access(data, os.W_OK):
        return Item("数据文件夹", False, f"{data} 不存在或不能写入，请检查 GUICHENG_DATA")
    free = shutil.disk_usage(data).free // 2**20
    enough = free >= ROOM
    return Item("数据文件夹", enough, f"{data}，剩余{free}MB{'' if enough else '，请腾出空间'}")


def _inside(engine: Engine) -> Iterator[Item]:
    if not installation.is_current(engine):
        yield Item("数据库", False, "还没有建立或版本不对，请运行 guicheng prepare")
        return
    yield Item("数据库", True, engine.database.dialect)
    keys = [row.key for row in definitions.listing(engine, NOBODY)]
    missing = [each.name for each in engine.registry if each.key not in keys]
    yield Item(
        "流程",
        not missing,
        f"已部署{len(keys)}个"
        if not missing
        else f"没有部署：{'、'.join(missing)}，请运行 guicheng deploy bpmn_models",
    )
    calendar, missing_year = engine.calendar(), years.reminder(engine)
    yield Item("工作日历", missing_year is None, missing_year or f"历法{calendar.version()}")
    broken = incidents.counts(engine)
    told = f"{broken.failed}项待处理，{broken.retrying}项正在重试"
    yield Item("运行故障", not broken.failed, told + "，请在管理页面处理" * bool(broken.failed))
    yield _sweep(waking.status(engine))
    yield Item("业务时间", True, engine.clock.now().isoformat(timespec="seconds"))


def _sweep(status: waking.Status) -> Item:
    """Whether what is due is being done. Nothing runs and nothing is late: not wrong."""
    alive = [each for each in status.sweepers if each.alive]
    told = (
        "、".join(f"{each.kind}（{each.host}，{each.pid}）" for each in alive) or "没有进程在运行"
    )
    if status.late_since is None:
        return Item("到期处理", True, told)
    since = f"{status.late_since:%Y-%m-%d %H:%M}"
    remedy = f"{since}到期的还没有处理，请启动网站进程或处理进程（guicheng worker）并查看日志"
    return Item("到期处理", False, f"{told}；{remedy}")


def look_at(engine: Engine) -> list[Item]:
    """The same of an installation that is running, for its own administrator's page."""
    resources = Item("页面资源", MANIFEST.exists(), "已生成")
    return [_libraries(), _folder(engine.settings), resources, *_inside(engine)]
