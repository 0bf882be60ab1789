"""Takes an installation from nothing to ready: database, procedures, and for a demo its office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import definitions, installation
from engine.errors import SettingRefused
from engine.procedure import Registry
from engine.settings import Settings
from engine.startup import Engine, build
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
