"""Turns of speech that name an item in other words than its own: cars bought, both ends of a year."""

from __future__ import annotations

import re

from qa.model import Mention
from qa.understand.lattice import Span
from qa.understand.spans import Reading, as_spans

_BOTH_ENDS = re.compile("(?P<first>年初|年末|年底)[和与及跟、](?P<second>年末|年底|年初)的?(?:财政拨款)?(?P<what>结转和?结余|结余|结转)")


def both_ends(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """年初和年末结转结余 are two items: what stands behind the second is said of both."""
    found = _BOTH_ENDS.search(reading.text.squeezed)
    if found is None:
        return []
    names = {side: f"{found[side].replace('底', '末')}结转和结余" for side in ("first", "second")}
    known = reading.lexicon.find(names.values())
    concepts = {side: [c for c in known.get(name, ()) if c.prefix == "ind"] for side, name in names.items()}
    first = as_spans(*found.span("first"), concepts["first"])
    return [*first, *as_spans(found.start("second"), found.end(), concepts["second"])] if first else []


_BOUGHT = re.compile(
    r"(?:新?(?:买|购|购买|购置|添|添置|采购|更新|更换|换)(?:了|入|过|回)?)(?:几|多少)(?:辆|台|部)(?:新?(?:公务用车|公务车|公车|公务车辆|车辆?))?"
)


def bought(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """买了几辆公务用车 asks for the cars bought, not for those there are."""
    places = [m.span() for m in _BOUGHT.finditer(reading.text.squeezed) if not reading.text.crosses(*m.span())]
    if not places or not (any("车" in m.text for m in mentions) or any("车" in reading.text.squeezed[i:j] for i, j in places)):
        return []
    concepts = [c for c in reading.lexicon.find(["公务用车购置数"]).get("公务用车购置数", ()) if c.prefix == "ind"]
    return [span for i, j in places for span in as_spans(i, j, concepts)]
