"""Every setting of an installation: one line each, read from the environment, checked at start.

A bad value refuses to start with one Chinese sentence (SettingRefused). Conventions of the office
【约】 are not here: they are settings kept in the database with the procedures that use them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import webhook
from engine.clock import parse_moment
from engine.errors import SettingRefused

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EARLIEST_DEMO_CLOCK = parse_moment("2023-06-25T00:00:00+08:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings, with the environment variable GUICHENG_<NAME> for each."""

    data: Path = Path("var")  # folder of database, files, anchors, backups
    database: str = ""  # SQLAlchemy address; empty = SQLite file in `data`
    host: str = "127.0.0.1"  # address to listen on
    port: int = 8000  # port to listen on
    demo: bool = False  # demo office, demo accounts, demo clock
    clock_start: datetime | None = None  # demo only: where the business clock starts
    threads: int = 8  # threads of the web server
    secret: str = ""  # signs CSRF tokens; empty = made once and kept in `data`
    secure_cookies: bool = False  # set behind HTTPS
    session_idle_minutes: int = 60  # a session ends after this long without a request
    session_hours: int = 12  # a session ends after this long in any case
    password_days: int = 90  # a password grows too old after so many days; 0 = never
    upload_mb: int = 20  # the largest file that may be uploaded, MiB
    rate_limit: int = 600  # API requests a minute for each token
    url: str = ""  # address of this system as people type it, for links in mails
    mail_host: str = ""  # SMTP server; empty = no mail
    mail_port: int = 25  # its port
    mail_tls: str = "starttls"  # none, starttls, tls
    mail_user: str = ""  # sign in with it; empty = without
    mail_password: str = ""
    mail_from: str = ""  # sender of every mail
    mail_domains: str = ""  # addresses may only be there, comma-separated; empty = anywhere
    webhook_url: str = ""  # notices go there as JSON; empty = nowhere
    webhook_hosts: str = ""  # hosts it may name, comma-separated
    webhook_networks: str = ""  # private ranges it may lie in, comma-separated
    webhook_secret: str = ""  # signs what is sent
    sweep: bool = True  # the web server does what is due itself; 0 where workers do (PostgreSQL)
    lease_seconds: int = 60  # long work is taken over after so long without a sign of life
    idle_seconds: int = 30  # PostgreSQL ends a transaction whose process stands still so long

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read GUICHENG_* variables; an unusable value raises SettingRefused."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for field in fields(cls):
            raw = environ.get(f"GUICHENG_{field.name.upper()}", "")
            if raw != "":
                values[field.name] = _parse(field.name, str(field.type), raw)
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse combinations that must not start."""
        if self.demo and self.host not in LOOPBACK:
            raise SettingRefused(
                f"演示账号不能对外开放：HOST={self.host} 时请同时设置 DEMO=0"
                "（不建演示账号、不播放演示、不用演示时钟）。"
            )
        if self.clock_start is not None:
            if not self.demo:
                raise SettingRefused("GUICHENG_CLOCK_START 只在演示模式（GUICHENG_DEMO=1）下可用。")
            if self.clock_start < EARLIEST_DEMO_CLOCK:
                raise SettingRefused("演示时钟不能早于2023年6月25日（GUICHENG_CLOCK_START）。")
        for name in ("port", "mail_port"):
            port = getattr(self, name)
            if not 0 < port < 65536:
                raise SettingRefused(
                    f"端口应在1到65535之间，现为 {port}（GUICHENG_{name.upper()}）。"
                )
        if self.mail_host and ("@" not in self.mail_from or not self.url):
            raise SettingRefused(
                "发送邮件还要设置发件人 GUICHENG_MAIL_FROM 和本系统网址 GUICHENG_URL。"
            )
        if self.mail_tls not in ("none", "starttls", "tls"):
            raise SettingRefused("GUICHENG_MAIL_TLS 应为 starttls、tls 或 none。")
        webhook.check(self)

        if not self.sweep and self.embedded:
            raise SettingRefused(
                "用 SQLite 时到期事项由网站进程自己处理，不能设 GUICHENG_SWEEP=0。"
                "要由单独的进程处理，请改用 PostgreSQL（GUICHENG_DATABASE）。"
            )
        for name in ("lease_seconds", "idle_seconds"):
            if getattr(self, name) < 1:
                raise SettingRefused(f"GUICHENG_{name.upper()} 应为不小于1的秒数。")

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of this machine (SQLite), not a server."""
        return self.database_url.startswith("sqlite")

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address, SQLite in the data folder unless told otherwise."""
        return self.database or f"sqlite:///{(self.data / 'guicheng.db').resolve()}"


def _parse(name: str, kind: str, raw: str) -> Any:
    try:
        if kind == "bool":
            if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
                raise ValueError(raw)
            return raw.lower() in {"1", "true", "yes"}
        if kind == "int":
            return int(raw)
        if kind == "Path":
            return Path(raw)
        if kind.startswith("datetime"):
            return parse_moment(raw)
    except ValueError as error:
        raise SettingRefused(f"环境变量 GUICHENG_{name.upper()} 的值“{raw}”不能用。") from error
    return raw
