"""What every answer carries against misuse: content policy, other headers, CSRF, cookie rules."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from engine import installation_key
from engine.errors import NotFound
from engine.settings import Settings

MIB = 1024 * 1024
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FILES_A_REQUEST = 4  # full-size files that one form may carry


def protect(app: Flask, settings: Settings) -> CSRFProtect:
    """Set the limits, the secret, the cookie rules, CSRF and the headers of an application."""
    app.config.update(
        SECRET_KEY=installation_key.of(settings),
        SESSION_COOKIE_NAME="guicheng_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open all day; the session has its own end
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=(settings.upload_mb * FILES_A_REQUEST + 2) * MIB,
        MAX_FORM_MEMORY_SIZE=2 * MIB,
        MAX_FORM_PARTS=5000,
    )

    @app.before_request
    def refuse_unusable_address() -> None:
        if "\0" in request.path or b"%00" in request.query_string:
            raise NotFound  # no database keeps such text

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if g.get("shown_once"):
            response.headers["Cache-Control"] = "no-store"
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return CSRFProtect(app)


def shown_once() -> None:
    """This page shows a secret: no browser and no proxy keeps it."""
    g.shown_once = True


def local(address: str | None, otherwise: str = "/") -> str:
    """The address when it leads to a page of ours, else `otherwise`: never off to another site."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    if "\\" in address or any(ord(char) < 32 for char in address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc else address
