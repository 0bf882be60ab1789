"""Where somebody sits, in words that person recognises: “Windows 电脑 · Edge 浏览器”."""

from __future__ import annotations

from flask import request

from engine.accounts import Place

SYSTEMS = (
    ("UOS", "统信电脑"),
    ("Kylin", "麒麟电脑"),
    ("HarmonyOS", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Qaxbrowser", "奇安信浏览器"),
    ("360", "360 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)


def place() -> Place:
    """Device and address of this request."""
    return Place(device(request.headers.get("User-Agent", "")), request.remote_addr)


def device(agent: str) -> str:
    """The words for what a browser says of itself; what it says is no proof of anything."""
    system = next((words for mark, words in SYSTEMS if mark in agent), "其他设备")
    browser = next((words for mark, words in BROWSERS if mark in agent), "其他程序")
    return f"{system} · {browser}"
