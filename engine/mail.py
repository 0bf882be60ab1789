"""Mail by SMTP: one notice, one message. Sent under a fixed Message-ID, so that what is sent twice
after a crash is one message to whoever receives it."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING

from engine.errors import GuichengError

if TYPE_CHECKING:
    from engine.settings import Settings

TIMEOUT_S = 20


class MailRefused(GuichengError):
    """邮件服务器没有收下这封邮件。请检查邮件设置（GUICHENG_MAIL_*）和收件地址。"""

    code = "mail-refused"


def compose(
    settings: Settings, to: str, identity: str, subject: str, lines: tuple[str, ...]
) -> EmailMessage:
    """A plain message. identity: what makes its Message-ID. ValueError for an impossible header."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "guicheng"
    message["Message-ID"] = f"<{identity}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(lines) + "\n")
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a message to the server. Raises MailRefused, with what it said but nobody's address."""
    try:
        with _connected(settings) as server:
            if settings.mail_user:
                server.login(settings.mail_user, settings.mail_password)
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise MailRefused(f"邮件没有送出：{_said(error)}。") from error


def _connected(settings: Settings) -> smtplib.SMTP:
    where = (settings.mail_host, settings.mail_port)
    if settings.mail_tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_S, context=context)
    server = smtplib.SMTP(*where, timeout=TIMEOUT_S)
    if settings.mail_tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"服务器不收这个地址（{'、'.join(codes)}）"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"服务器答复 {error.smtp_code}"
    return f"连不上或中断（{type(error).__name__}）"
