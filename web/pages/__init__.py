"""The staff pages: one module for each room, each a blueprint. A view parses, calls one engine
function and redirects; refusals become pages in error handlers."""

from flask import Flask

from web.pages import (
    account,
    administration,
    batches,
    demo,
    doors,
    files,
    health,
    help,
    instances,
    links,
    notices,
    own_access,
    own_phrases,
    registers,
    replies,
    rules,
    search,
    starting,
    steering,
    steps,
    tasks,
    verbs,
    whereabouts,
    workbench,
)

BLUEPRINTS = (
    doors.blueprint,
    steps.blueprint,
    links.blueprint,
    workbench.blueprint,
    starting.blueprint,
    tasks.blueprint,
    batches.blueprint,
    verbs.blueprint,
    instances.blueprint,
    search.blueprint,
    steering.blueprint,
    help.blueprint,
    replies.blueprint,
    files.blueprint,
    account.blueprint,
    own_access.blueprint,
    own_phrases.blueprint,
    notices.blueprint,
    whereabouts.blueprint,
    demo.blueprint,
    health.blueprint,
    rules.blueprint,
    registers.blueprint,
)


def register(app: Flask) -> None:
    """Open every room."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    administration.register(app)
