"""帮助: what each tab, verb, state, colour and key means, said by what the pages are made of."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine import verbs
from web.pages.help_words import COLOURS, KEYS, SEARCHING, SIGNS, STATES, SUBMITTING
from web.pages.workbench import TABS

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
def show() -> ResponseReturnValue:
    return render_template(
        "help.html",
        tabs=TABS.values(),
        submitting=SUBMITTING,
        verbs=verbs.every(),
        states=STATES,
        colours=COLOURS,
        signs=SIGNS,
        searching=SEARCHING,
        keys=KEYS,
    )
