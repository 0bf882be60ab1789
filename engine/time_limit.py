"""Ends work that does not end by itself: a drawing the library's parser turns round in for ever."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

from engine.errors import GuichengError

T = TypeVar("T")


class TookTooLong(GuichengError):
    """分析超过时限，已停止。请把流程图拆小后再试。"""

    code = "too-slow"


class _Stopped(BaseException):
    """Raised inside the work when its time is over."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of the work, or TookTooLong. Its own exception is raised as it is.

    The work runs in a thread of its own, so that the limit holds in any thread of a server; when
    time is over an exception is raised in it, which ends every loop written in Python.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="time-limited", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _stop(thread)
        raise TookTooLong
    if errors:
        raise errors[0]
    return results[0]


def _stop(thread: threading.Thread) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped)
    )
