"""Takes an installation from nothing to ready: database, procedures, and for a demo its office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine import accounts, definitions, installation
from engine import office as office_door
from engine.accounts import Founder, Invitation
from engine.errors import Conflict, SettingRefused
from engine.procedure import Registry
from engine.settings import Settings
from engine.startup import Engine, build
from web import start
from web.demo import office, play

MODELS = Path(__file__).parent.parent / "bpmn_models"
Say = Callable[[str], None]


def make_ready(settings: Settings, registry: Registry, say: Say) -> None:
    """Migrate, import the procedures, load the demo office and play its notice; all only once."""
    say("正在准备数据库……")
    done = installation.prepare(settings, registry)
    if done.backup is not None:
        say(f"数据库已从 {done.before} 升级到 {done.now}，升级前的备份在 {done.backup}")
    with opened(settings, registry) as engine:
        if settings.demo:
            office.load(engine)
        for row in definitions.deploy(engine, [MODELS]):
            say(f"已导入流程：{row.name}（第{row.version}版）")
    if settings.demo:
        play.play(settings, registry, say)


def found_office(
    settings: Settings, registry: Registry, say: Say, founders: Sequence[Founder]
) -> list[Invitation]:
    """Make an empty office with the first administrators; Conflict when there is one already."""
    if settings.demo:
        raise SettingRefused(
            "演示（GUICHENG_DEMO=1）自带机构和账号，不需要初始化。正式安装请用 DEMO=0。"
        )
    accounts.check_founders(founders)
    make_ready(settings, registry, say)
    with opened(settings, registry) as engine:
        if accounts.is_founded(engine):
            raise Conflict(
                f"{settings.data} 里已经有机构和账号，没有改动任何数据。"
                "要新的链接，请用：.venv/bin/guicheng link 用户名"
            )
        data = start.read()
        office_door.import_office(engine, data)
        made = accounts.found(engine, founders)
    say(f"机构已建好：{len(data['organisation'])}个机构，{len(data['post'])}种职务，没有人员。")
    return made


def refuse_empty(engine: Engine) -> None:
    """SettingRefused where nobody could sign in, with what to do."""
    if not accounts.is_founded(engine):
        raise SettingRefused(
            "数据库已准备好，但这是新的安装，还没有任何账号，没有启动。\n"
            "请先初始化：make init（或 .venv/bin/guicheng init --system-admin 姓名"
            " --security-admin 姓名），\n"
            "把打印出来的两个链接交给本人，再运行 make run DEMO=0。"
            "只想看看演示，请运行 make run。"
        )


@contextmanager
def opened(settings: Settings, registry: Registry) -> Iterator[Engine]:
    """The engine of an installation that is ready; SettingRefused when it is not."""
    engine = build(settings, registry)
    try:
        if not installation.is_current(engine):
            raise SettingRefused("数据库还没有准备好，请先运行：guicheng prepare")
        yield engine
    finally:
        engine.close()
