"""The second factor: one-time codes of an app (TOTP, RFC 6238), and recovery codes.

A code is good for its 30 seconds and one step either side, and once: the step last used is kept.
Recovery codes have 80 bits and are good once each. Whoever calls counts the attempts.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyotp

from engine.errors import Conflict, Invalid
from engine.identity import sealing
from engine.identity.noting import digest, note
from engine.storage import accounts as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

STEP = 30  # seconds
WINDOW = 1  # steps a clock may be wrong either way
RECOVERY_CODES = 10
ISSUER = "规程"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs. uri: otpauth://…, for a QR code; secret: the same to type in."""

    secret: str
    uri: str

    @property
    def spaced(self) -> str:
        """The secret in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def is_demanded(connection: Connection, found: Any) -> bool:
    """Whether this account must have one: asked of the person, or of a role."""
    return bool(found.factor_demanded or rows.demanded(connection) & set(found.roles))


def enrolment(engine: Engine, connection: Connection, found: Any) -> Enrolment:
    """The enrolment under way; begun when there is none. Not in force before it is confirmed."""
    if found.factor_since is not None:
        raise Conflict("第二因素已经启用。要换手机，请先停用再重新登记。")
    secret = sealing.unseal(engine, found.factor_secret) if found.factor_secret else None
    if secret is None:
        secret = pyotp.random_base32()
        sealed = sealing.seal(engine, secret)
        rows.update(connection, found.id, {"factor_secret": sealed, "factor_step": None})
    uri = pyotp.TOTP(secret).provisioning_uri(name=found.username, issuer_name=ISSUER)
    return Enrolment(secret, uri)


def confirm_enrolment(engine: Engine, connection: Connection, found: Any, code: str) -> list[str]:
    """The app shows the right code: in force from now on. The recovery codes, to be shown once."""
    if found.factor_since is not None or not found.factor_secret:
        raise Conflict("没有正在登记的第二因素。请重新开始登记。")
    step = _step_of(engine, found, _plain(code))
    if step is None:
        raise Invalid(message="验证码不对。请核对手机时间是否准确，再输入应用当前显示的6位数字。")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    changed = {"factor_since": engine.system_clock.now(), "factor_step": step}
    rows.update(connection, found.id, {**changed, "recovery_hashes": [*map(_kept, codes)]})
    note(engine, connection, "account.factor_enrolled", found.person_id, username=found.username)
    return codes


def renew_recovery(engine: Engine, connection: Connection, found: Any) -> list[str]:
    """New recovery codes; the old ones are worth nothing."""
    if found.factor_since is None:
        raise Conflict("第二因素没有启用，不需要恢复码。")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    rows.update(connection, found.id, {"recovery_hashes": [*map(_kept, codes)]})
    note(engine, connection, "account.recovery_renewed", found.person_id, username=found.username)
    return codes


def remove(connection: Connection, account_id: str) -> None:
    """Take the second factor away."""
    nothing = ("factor_secret", "factor_since", "factor_step", "recovery_hashes")
    rows.update(connection, account_id, dict.fromkeys(nothing))


def accepts(engine: Engine, connection: Connection, found: Any, code: str) -> bool:
    """Whether it is the code of this moment or a recovery code; either is used up by this.

    found: the account's row as locked by this transaction.
    """
    if found.factor_since is None:
        return False
    plain = _plain(code)
    step = _step_of(engine, found, plain)
    if step is not None:
        rows.update(connection, found.id, {"factor_step": step})
        return True
    return _use_recovery(engine, connection, found, plain)


def looks_like_code(text: str) -> bool:
    """Six digits, rather than a password."""
    plain = _plain(text)
    return len(plain) == 6 and plain.isdigit()


def _step_of(engine: Engine, found: Any, plain: str) -> int | None:
    """The step a code belongs to, None when it is wrong or that step was used before."""
    secret = sealing.unseal(engine, found.factor_secret)
    if secret is None or not looks_like_code(plain):
        return None
    codes = pyotp.TOTP(secret)
    now = int(engine.system_clock.now().timestamp()) // STEP
    used = -1 if found.factor_step is None else found.factor_step
    right = [
        step
        for step in range(now - WINDOW, now + WINDOW + 1)
        if hmac.compare_digest(codes.generate_otp(step), plain) and step > used
    ]
    return right[0] if right else None


def _use_recovery(engine: Engine, connection: Connection, found: Any, plain: str) -> bool:
    kept = list(found.recovery_hashes or ())
    given = digest(plain)
    if given not in kept:
        return False
    kept.remove(given)
    rows.update(connection, found.id, {"recovery_hashes": kept})
    note(
        engine,
        connection,
        "account.recovery_used",
        found.person_id,
        username=found.username,
        left=str(len(kept)),
    )
    return True


def _recovery_code() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


def _kept(code: str) -> str:
    return digest(_plain(code))


def _plain(text: str) -> str:
    """As typed, in any width, with blanks or strokes: "１２３ 456" is 123456."""
    folded = unicodedata.normalize("NFKC", text[:64]).lower()
    return "".join(each for each in folded if each.isalnum())
