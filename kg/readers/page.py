"""One page of a PDF: what is seen on it, as lines of text and ruled tables from top to bottom."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.readers import glyphs, unruled, visible
from kg.readers.blocks import LABEL
from kg.readers.layout import Box, Grid, Line, Place, Scan, Sheet, rounded

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from PIL.Image import Image

_SNAP = 3.0
_CROSSINGS = 60_000  # of rules on a page; a table has some thousands
_APART = 3.0  # type sizes of white space before a caption on the same line

Spot = tuple[int, int]


def read(page: Page, picture: Callable[[], Image | None], tick: Callable[[], None], above: Grid | None = None) -> Sheet:
    """Read one page. `picture` paints it; `tick` is called now and then, and may raise to stop; `above` is the table that ended the
    page before."""
    chars = visible.characters(page, picture, tick)
    unmapped = sum(c["text"].startswith("(cid:") for c in chars)
    width, height = float(page.width), float(page.height)
    if turned := _turned(chars):
        return Sheet(page.page_number, width, height, (), len(chars), unmapped, 0.0, turned)
    covered = sum(min(i["width"], page.width) * min(i["height"], page.height) for i in page.images)
    sheet = Sheet(page.page_number, width, height, (), len(chars), unmapped, covered / (width * height))
    return _assembled(sheet, [c for c in chars if c["upright"]], _rules(page), above)


def recognised(sheet: Sheet, scan: Scan) -> Sheet:
    """A page without text layer, from what was recognised in its picture. Cells and lines have their confidence."""
    if scan.turned in (90, 270):
        sheet = replace(sheet, width=sheet.height, height=sheet.width)
    whole = _assembled(replace(sheet, characters=len(scan.chars), scan=scan), list(scan.chars), list(scan.rules))
    return replace(whole, items=tuple(_sure(item, scan.chars) for item in whole.items))


def _sure(item: Line | Grid, chars: Sequence[visible.Char]) -> Line | Grid:
    """A line or table with the confidence of its least certain digit, or character where it has no digits."""

    def least(box: Box) -> float | None:
        inside = [c for c in chars if _within(c, box)]
        return min((c["confidence"] for c in [c for c in inside if c["text"].isdecimal()] or inside), default=None)

    if isinstance(item, Line):
        return replace(item, confidence=least(item.box))
    return replace(item, cells=tuple(replace(place, confidence=least(place.box)) if place.text else place for place in item.cells))


def _assembled(sheet: Sheet, straight: list[visible.Char], rules: list[dict[str, Any]], above: Grid | None = None) -> Sheet:
    """A page with its tables and lines, from its characters and rules."""
    grids: list[Grid] = []
    merged = _merged(rules)
    crowded = _crossings(merged) > _CROSSINGS
    for box, cells in () if crowded else _ruled(merged):
        inside = [c for c in straight if _within(c, box)]
        if (grid := _grid(sheet.number, box, cells, inside)) is not None:
            grids.append(grid)
            taken = {id(c) for c in inside}
            straight = [c for c in straight if id(c) not in taken]
    grids += unruled.find(sheet.number, straight, rules, None if grids else above)
    straight = [c for c in straight if not any(_within(c, g.box) for g in grids)]
    items: list[Line | Grid] = [*_lines(sheet.number, straight), *grids]
    items.sort(key=lambda item: (round(item.box[1], 1), item.box[0]))
    count = 0
    for n, item in enumerate(items):
        if isinstance(item, Grid):
            count += 1
            items[n] = replace(item, number=count)
    return replace(sheet, items=tuple(items), crowded=crowded)


def _turned(chars: Sequence[visible.Char]) -> int:
    """The degrees, clockwise, by which a page printed sideways must be turned; 0 where most text is upright."""
    ways = Counter(90 if c["matrix"][1] > 0 else 270 for c in chars if abs(c["matrix"][0]) < 1e-3 < abs(c["matrix"][1]))
    way, count = ways.most_common(1)[0] if ways else (0, 0)
    return way if count * 10 > 6 * len(chars) else 0


def _within(item: dict[str, Any], box: Box) -> bool:
    return bool(box[0] <= (item["x0"] + item["x1"]) / 2 <= box[2] and box[1] <= (item["top"] + item["bottom"]) / 2 <= box[3])


# --- lines --------------------------------------------------------------------------------------


def _lines(page: int, chars: Sequence[visible.Char]) -> list[Line]:
    found = []
    for whole in glyphs.lines(chars):
        for part in _captions_apart(whole):
            text = glyphs.text(part).strip()
            size = sorted(c["size"] for c in part)[len(part) // 2]
            heavy = sum("bold" in c["fontname"].lower() or "hei" in c["fontname"].lower() for c in part)
            box = (part[0]["x0"], min(c["top"] for c in part), max(c["x1"] for c in part), max(c["bottom"] for c in part))
            found.append(Line(text, page, box, size, heavy * 2 > len(part)))
    return found


def _captions_apart(line: list[visible.Char]) -> list[list[visible.Char]]:
    """A line cut where, after wide white space, a caption of its own begins: 编制部门：某局            单位：万元."""
    parts: list[list[visible.Char]] = []
    for part in glyphs.split(line, _APART):
        if parts and not LABEL.match(glyphs.text(part).strip()):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


# --- ruled tables -------------------------------------------------------------------------------


def _seen(item: dict[str, Any]) -> bool:
    """Whether a rule or box is painted in anything but white."""
    if item["object_type"] not in ("rect", "line", "curve"):
        return False
    colours = [item["stroking_color"]] if item["stroke"] else []
    colours += [item["non_stroking_color"]] if item["fill"] else []
    return any(not visible.white(c) for c in colours)


def _rules(page: Page) -> list[dict[str, Any]]:
    """The horizontal and vertical edges of everything painted."""
    from pdfplumber.utils.geometry import obj_to_edges

    edges = [e for kind in ("line", "rect", "curve") for o in page.objects.get(kind, ()) if _seen(o) for e in obj_to_edges(o)]
    return [e for e in edges if e["orientation"] in ("h", "v")]


def _crossings(rules: Sequence[dict[str, Any]]) -> int:
    upright = len([e for e in rules if e["orientation"] == "v"])
    return upright * (len(rules) - upright)


def _merged(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Edges that lie in one line, as one; without what is only the short side of a rule drawn as a thin box."""
    from pdfplumber import table

    rules = table.merge_edges(rules, _SNAP, _SNAP, _SNAP, _SNAP)
    return [e for e in rules if (e["width"] if e["orientation"] == "h" else e["height"]) >= _SNAP]


def _ruled(rules: list[dict[str, Any]]) -> list[tuple[Box, list[Box]]]:
    """The tables that rules enclose: their boxes and the boxes of their cells."""
    from pdfplumber import table

    rules = table.merge_edges(rules + _open_sides(rules), _SNAP, _SNAP, _SNAP, _SNAP)
    cells = table.intersections_to_cells(table.edges_to_intersections(rules, _SNAP, _SNAP))
    found = []
    for group in table.cells_to_tables(cells):
        boxes = [(float(a), float(b), float(c), float(d)) for a, b, c, d in group]
        found.append(((min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)), boxes))
    return sorted(found, key=lambda item: item[0][1])


def _open_sides(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Vertical edges for tables whose sides are open: where three or more rules end at the same place beyond the last column."""
    across = [e for e in rules if e["orientation"] == "h" and e["width"] > 50]
    upright = [e for e in rules if e["orientation"] == "v"]
    if len(across) < 3 or not upright:
        return []
    added = []
    for side in ("x0", "x1"):
        for x in {round(e[side]) for e in across}:
            ends = sorted(e["top"] for e in across if abs(e[side] - x) <= 2)
            if len(ends) < 3:
                continue
            crossing = [e for e in upright if e["top"] <= ends[-1] and e["bottom"] >= ends[0]]
            if crossing and not any(abs(e["x0"] - x) <= 2 * _SNAP for e in crossing):
                added.append(
                    {
                        "object_type": "line",
                        "orientation": "v",
                        "x0": float(x),
                        "x1": float(x),
                        "top": ends[0],
                        "bottom": ends[-1],
                        "width": 0.0,
                        "height": ends[-1] - ends[0],
                    }
                )
    return added


def _edges(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SNAP:
            found.append(value)
    return found


def _index(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _grid(page: int, box: Box, cells: Sequence[Box], chars: Sequence[visible.Char]) -> Grid | None:
    """The table that some cells make, with the characters put into them; None where it is only a frame around text, or empty."""
    xs, ys = _edges([x for c in cells for x in (c[0], c[2])]), _edges([y for c in cells for y in (c[1], c[3])])
    if len(xs) < 3 or len(ys) < 2 or not chars:
        return None
    spots: dict[Spot, tuple[int, int, Box]] = {}
    owner: dict[Spot, Spot] = {}
    for cell in sorted(cells, key=lambda c: (c[1], c[0])):
        row, column = _index(ys, cell[1]), _index(xs, cell[0])
        rowspan, colspan = _index(ys, cell[3]) - row, _index(xs, cell[2]) - column
        area = [(row + r, column + c) for r in range(rowspan) for c in range(colspan)]
        if area and not any(spot in owner for spot in area):
            owner |= dict.fromkeys(area, (row, column))
            spots[row, column] = (rowspan, colspan, cell)
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) not in owner:
                owner[row, column] = (row, column)
                spots[row, column] = (1, 1, (xs[column], ys[row], xs[column + 1], ys[row + 1]))
    texts = _fill(xs, ys, owner, spots, chars)
    places = tuple(Place(r, c, *spots[r, c][:2], texts.get((r, c), ""), rounded(spots[r, c][2])) for r, c in sorted(spots))
    return Grid(page, 0, rounded(box), tuple(xs), len(ys) - 1, places)


def _fill(
    xs: Sequence[float],
    ys: Sequence[float],
    owner: Mapping[Spot, Spot],
    spots: Mapping[Spot, tuple[int, int, Box]],
    chars: Sequence[visible.Char],
) -> dict[Spot, str]:
    """The text of each cell: a character belongs where its middle lies; what runs over a border, to the cell where it began."""
    held: dict[Spot, list[visible.Char]] = {}
    previous: tuple[visible.Char, Spot] | None = None
    for char in chars:
        row = min(max(bisect_right(ys, (char["top"] + char["bottom"]) / 2) - 1, 0), len(ys) - 2)
        column = min(max(bisect_right(xs, (char["x0"] + char["x1"]) / 2) - 1, 0), len(xs) - 2)
        at = owner[row, column]
        if previous is not None and at != previous[1] and _runs_over(previous[0], char, spots[previous[1]][2]):
            at = previous[1]
        held.setdefault(at, []).append(char)
        previous = (char, at)
    return {spot: glyphs.block(found, spots[spot][2][0], spots[spot][2][2]) for spot, found in held.items()}


def _runs_over(before: visible.Char, char: visible.Char, box: Box) -> bool:
    """Whether a character continues a word that is too long for its cell: no gap, and either painted in one go with it or
    one of the two stands astride the border."""
    if abs(char["x0"] - before["x1"]) > 0.25 * char["size"] or abs(char["bottom"] - before["bottom"]) > 1:
        return False
    edge, slack = box[2], 0.2 * char["size"]
    astride = any(c["x0"] + slack < edge < c["x1"] - slack for c in (before, char))
    return astride or before["x0"] > edge or before["mcid"] == char["mcid"]
