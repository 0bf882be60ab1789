"""Which steps an instance can still come to, from the picture alone.

A step counts as out of reach only when no path of the picture leads to it from where the instance
can be now. Conditions are not looked at, so that nothing is written off that may still come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.spiff.compiled import Element

Key = tuple[str, str]  # (process key, element id)
Links = dict[Key, set[Key]]
WAITING = frozenset({"intermediateCatchEvent", "receiveTask", "eventBasedGateway"})


def still_ahead(
    elements: Mapping[Key, Element], passed: Iterable[Key], open_steps: Iterable[Key]
) -> frozenset[Key]:
    """What can come after the open steps, and after what waits for time or a message."""
    links = _links(elements)
    now = set(open_steps)
    for before in passed:
        now |= {key for key in links.get(before, ()) if _waits(elements.get(key))}
    if not now:
        return frozenset(elements)
    found: set[Key] = set()
    ahead = [after for key in now for after in links.get(key, ())]
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += links.get(key, ())
    return frozenset(found)


def _waits(element: Element | None) -> bool:
    return element is not None and element.kind in WAITING


def _inside(host: Key) -> Key:
    """A place that stands for being somewhere within a sub-process or a called process."""
    return host[0], f"{host[1]}/inside"


def _left(host: Key) -> Key:
    """A place that stands for having come to an end within one."""
    return host[0], f"{host[1]}/left"


def _links(elements: Mapping[Key, Element]) -> Links:
    """Element → what may come next: flows, boundary events, into and out of what is nested."""
    hosts = _hosts(elements)
    links: Links = {key: {(key[0], each) for each in elements[key].following} for key in elements}
    entered = {(key[0], each) for key in elements for each in elements[key].following}
    for key, element in elements.items():
        around = hosts.get(key, ())
        links[key] |= {_inside(host) for host in around}
        if not element.following:
            links[key] |= {_left(host) for host in around}
        if element.attached_to:
            links.setdefault((key[0], element.attached_to), set()).add(key)
            links.setdefault(_inside((key[0], element.attached_to)), set()).add(key)
        elif key not in entered:
            for host in around:
                links[host].add(key)
    for host in {each for around in hosts.values() for each in around}:
        outside = hosts.get(host, ())
        links.setdefault(_inside(host), set()).update(_inside(each) for each in outside)
        links[_left(host)] = {(host[0], each) for each in elements[host].following} or {
            _left(each) for each in outside
        }
        if elements[host].repeats:
            links[_left(host)].add(host)
    return links


def _hosts(elements: Mapping[Key, Element]) -> dict[Key, list[Key]]:
    """Element → the sub-process it stands in; on the top level, whatever calls its process."""
    hosts: dict[Key, list[Key]] = {}
    for key, element in elements.items():
        for identity in element.inner:
            hosts.setdefault((key[0], identity), []).append(key)
    callers = [(key, each.called) for key, each in elements.items() if each.called]
    nested = set(hosts)
    for caller, called in callers:
        for key in elements:
            if key[0] == called and key not in nested:
                hosts.setdefault(key, []).append(caller)
    return hosts
