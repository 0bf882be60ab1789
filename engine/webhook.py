"""The webhook: a notice as JSON to one address of another system.

Against misuse (SSRF): the host stands on an allow-list; its address is looked up once and
connected to as looked up; private ranges are refused unless a setting names them; a redirect is
not followed. The body is signed; the Idempotency-Key is the same however often it is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import orjson

from engine.errors import GuichengError, SettingRefused

if TYPE_CHECKING:
    from engine.settings import Settings

TIMEOUT_S = 10
MOST_READ = 64 * 1024  # bytes of the answer that are looked at


class WebhookRefused(GuichengError):
    """另一系统没有收下这条通知。请检查 GUICHENG_WEBHOOK_* 和对方的服务。"""

    code = "webhook-refused"


def check(settings: Settings) -> None:
    """Refuse settings that cannot work. Raises SettingRefused."""
    if not settings.webhook_url:
        return
    parts = urlsplit(settings.webhook_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SettingRefused("GUICHENG_WEBHOOK_URL 应为 http 或 https 地址，不带用户名。")
    if parts.hostname not in _listed(settings.webhook_hosts):
        raise SettingRefused(
            f"GUICHENG_WEBHOOK_URL 的主机 {parts.hostname} 不在允许的主机"
            "（GUICHENG_WEBHOOK_HOSTS）之内。"
        )
    if not settings.webhook_secret:
        raise SettingRefused("请设置 GUICHENG_WEBHOOK_SECRET，对方用它核验签名。")
    try:
        networks(settings)
    except ValueError as error:
        raise SettingRefused(
            "GUICHENG_WEBHOOK_NETWORKS 应为逗号分隔的网段，如 10.1.2.0/24。"
        ) from error


def networks(settings: Settings) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The private ranges that may be called."""
    return [ipaddress.ip_network(each) for each in _listed(settings.webhook_networks)]


def post(settings: Settings, identity: str, event: dict[str, Any], at: int) -> None:
    """Send one event. identity: the idempotency key; at: seconds since 1970, part of what is
    signed. Raises WebhookRefused unless the answer is 2xx."""
    check(settings)
    parts = urlsplit(settings.webhook_url)
    body = orjson.dumps(event)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "guicheng",
        "Host": parts.netloc,
        "Idempotency-Key": identity,
        "X-Guicheng-Signature": f"t={at},v1={signature(settings.webhook_secret, at, body)}",
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connected(settings, parts)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        raise WebhookRefused(f"通知没有送到另一系统：{type(error).__name__}。") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise WebhookRefused(f"另一系统没有收下通知：答复 {answer.status}。")


def signature(secret: str, at: int, body: bytes) -> str:
    """HMAC-SHA256 over “moment.body”, in hex."""
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()


def _connected(settings: Settings, parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the address that was looked up and found allowed: never looked up again."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = str(parts.hostname)
    address = _allowed_address(settings, host, port)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        secure = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
        secure.sock = context.wrap_socket(_socket(address, port), server_hostname=host)
        return secure
    plain = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    plain.sock = _socket(address, port)
    return plain


def _socket(address: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((address, port), TIMEOUT_S)
    except OSError as error:
        raise WebhookRefused(f"连不上另一系统：{type(error).__name__}。") from error


def _allowed_address(settings: Settings, host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise WebhookRefused(f"查不到主机 {host} 的地址。") from error
    addresses = [str(each[4][0]) for each in found]
    refused = [each for each in addresses if not _may_be_called(settings, each)]
    if refused:
        raise WebhookRefused(
            f"主机 {host} 的地址 {refused[0]} 属于内部网段，没有送出。"
            "确需送往内部的，请在 GUICHENG_WEBHOOK_NETWORKS 中写明网段。"
        )
    return addresses[0]


def _may_be_called(settings: Settings, address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    if parsed.is_global and not parsed.is_multicast:
        return True
    return any(parsed in network for network in networks(settings))


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
