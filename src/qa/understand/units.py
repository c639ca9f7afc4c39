"""Which units a question speaks of: full names, short names, distinctive parts, dropped and wrong characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.terms import key
from qa.model import Unit
from qa.text import Text
from qa.understand.spelling import misspelt

_REGION = re.compile(
    r"^(?:中共)?(?:[^省市区县州盟旗]{2,8}(?:省|自治区))?(?:[^省市区县州盟旗]{2,8}(?:市|州|盟|地区))?(?:[^省市区县州盟旗]{2,8}(?:新区|区|市|旗)|[^省市区县州盟旗]{1,8}县)?"
)
#: last characters of names of organisations, also when a name is cut short (商务委, 府办)
SUFFIX = "局委办厅院部所站校队会府室处馆团社库署庭台园司"
_WORDS = (
    "中心",
    "学校",
    "医院",
    "公司",
    "法院",
    "大队",
    "支队",
    "街道",
    "政府",
    "党校",
    "幼儿园",
    "基金会",
    "协会",
    "联合会",
    "办公室",
    "委员会",
    "管理处",
    "服务站",
    "工会",
    "小学",
    "中学",
    "大学",
    "学院",
    "高中",
    "中专",
    "银行",
    "林场",
    "农场",
    "牧场",
    "水库",
    "监狱",
    "剧团",
)
#: a township or village in the name of its organisation: 某某镇 for 某某镇财政所
_PLACES = ("镇", "乡", "街道", "苏木", "村")
#: short names that end in no word for an organisation: 省政协, 区残联
_ASSOCIATIONS = ("政协", "科协", "作协", "文联", "残联", "妇联", "侨联", "社科联", "工商联")
#: an organisation: at least two characters, then what organisations end in
_ORGANISATION = re.compile(rf"(?:[\u4e00-\u9fff]{{2,20}}?)(?:{'|'.join(_WORDS)}|(?<!平)[{SUFFIX}](?![\u4e00-\u9fff]?[{SUFFIX}]))")
_YOUTH = re.compile("(?:中国)?共(?:产主义)?青年?团(?P<place>.{2,10}?)(?P<level>[省市区县州盟旗])委员会")
_LONGEST = 30
#: what stands for the whole of a region's name: 区府办, 市人社局
_HERE = "省市区县"


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the question that names one unit, or several alike; `wrong` counts wrong characters."""

    start: int
    end: int
    units: tuple[Unit, ...]
    wrong: int = 0
    exact: bool = False


def region(name: str) -> str:
    """The administrative part of a unit's name.

    >>> region("株洲市天元区数据局"), region("岳阳市智慧城管指挥中心"), region("中共上海市普陀区委社会工作部")
    ('株洲市天元区', '岳阳市', '中共上海市普陀区')
    """
    match = _REGION.match(name)
    return match[0] if match and match.end() < len(name) else ""


def spoken(name: str) -> list[str]:
    """What people call an organisation whose short name has other characters in another order.

    >>> spoken("共青团某川市委员会")
    ['团某川市委', '某川团市委', '某川市团委', '共青团某川市委']
    """
    match = _YOUTH.fullmatch(name)
    if match is None:
        return []
    place, level = match["place"], match["level"]
    return [f"团{place}{level}委", f"{place}团{level}委", f"{place}{level}团委", f"共青团{place}{level}委"]


def find(text: Text, units: Sequence[Unit]) -> list[Found]:
    """All stretches that may name a unit, best reading of each; overlapping ones are for the caller to choose from."""
    squeezed = text.squeezed
    present = set(squeezed)
    spans: dict[tuple[int, int], dict[str, tuple[Unit, bool]]] = {}
    for unit in units:
        for name in (unit.name, *unit.aliases):
            wanted, letters, place = _spelt(name)
            if len(present & letters) < 2:
                continue
            for start, end in _spans(text, wanted, place):
                exact = squeezed[start:end] == wanted
                known = spans.setdefault((start, end), {})
                known[unit.curie] = (unit, exact or known.get(unit.curie, (unit, False))[1])
    found = []
    for (start, end), fitting in spans.items():
        certain = [u for u, exact in fitting.values() if exact]
        found.append(Found(start, end, tuple(certain or [u for u, _ in fitting.values()]), exact=bool(certain)))
    return found


@lru_cache(maxsize=16384)
def _spelt(name: str) -> tuple[str, frozenset[str], str]:
    """A name as it is compared, its characters, and the region in it."""
    return key(name), frozenset(key(name)), key(region(key(name)))


def _spans(text: Text, name: str, place: str) -> Iterable[tuple[int, int]]:
    """The longest stretches that are the name with characters left out, and that say enough of it."""
    squeezed = text.squeezed
    last_end = -1
    for start in range(len(squeezed)):
        if squeezed[start] not in name:
            continue
        end, position = start, -1
        while end < len(squeezed) and end - start < _LONGEST and end not in text.hard - {start}:
            following = name.find(squeezed[end], position + 1)
            if following < 0:
                break
            position, end = following, end + 1
        end = _trim(squeezed, start, end, name, place)
        if end > max(last_end, start + 1):
            yield start, end
            last_end = end
            inside = end - len(_without_region(squeezed[start:end], place))
            if start + 2 <= inside < end and squeezed[inside - 1] in _HERE:
                yield start, inside  # the region alone, what follows may be a project: 某市|政务大厅运行项目
            # the last characters may begin the next word: 某某城管|中小企业
            yield from ((start, n) for n in (end - 1, end - 2) if n > start + 1 and _trim(squeezed, start, n, name, place) == n)


def _trim(squeezed: str, start: int, end: int, name: str, place: str) -> int:
    """The end of the stretch where it names the unit; `start` where it says too little."""
    while end > start + 1:
        said = squeezed[start:end]
        core = _without_region(said, place)
        if said == name or (not core and len(said) >= 2) or (len(core) >= 2 and len(said) - len(core) >= 2):
            return end
        if ends_well(said) and len(core) >= (2 if said[0] in _HERE and said[1:] == core else 3) and core not in _WORDS:
            return end
        end -= 1
    return start


def ends_well(said: str) -> bool:
    """Whether a mention ends as names of organisations do, so that it is no mere beginning of one."""
    return said[-1] in SUFFIX or said.endswith((*_WORDS, *_PLACES, *_ASSOCIATIONS))


def _without_region(said: str, place: str) -> str:
    """What a mention says beyond the region of the unit.

    >>> _without_region("天元区数据局", "株洲市天元区"), _without_region("岳阳城管", "岳阳市"), _without_region("数据局", "株洲市天元区")
    ('数据局', '城管', '数据局')
    """
    position, n = -1, 0
    while n < len(said):
        following = place.find(said[n], position + 1)
        if following < 0:
            break
        position, n = following, n + 1
    return said[n:] if n >= 2 or (n == 1 and said[0] in _HERE) else said


def place_length(said: str, name: str) -> int:
    """How many characters of a mention are of the unit's region.

    >>> place_length("天元区数据", "株洲市天元区数据局"), place_length("数据局", "株洲市天元区数据局")
    (3, 0)
    """
    return len(said) - len(_without_region(said, key(region(name))))


def place_only(said: str, units: Iterable[Unit]) -> bool:
    """Whether a mention says no more than a region: 岳阳, 天元区."""
    return all(not _without_region(said, key(region(unit.name))) for unit in units)


def misspelt_units(stretch: str, units: Sequence[Unit]) -> tuple[tuple[Unit, ...], int]:
    """The units that a stretch names with a wrong character, and how many points wrong; empty where none is near.

    One character that sounds alike is forgiven from four characters on, any one character from seven on.
    """
    allowed = 2 if len(stretch) >= 7 else 1 if len(stretch) >= 3 else 0
    best: dict[int, list[Unit]] = {}
    for unit in units:
        names = [_spelt(name) for name in (unit.name, *unit.aliases)]
        near = [wanted for wanted, letters, _ in names if sum(c not in letters for c in stretch) <= allowed]  # each wrong one costs a point
        wrong = min((misspelt(stretch, wanted) for wanted in near), default=9)
        if 0 < wrong <= allowed:
            best.setdefault(wrong, []).append(unit)
    if not best:
        return (), 0
    return tuple(best[min(best)]), min(best)


def organisations(text: str) -> list[tuple[int, int]]:
    """Stretches that look like the name of an organisation.

    >>> organisations("天元区财政局2024年公务接待费")
    [(0, 6)]
    """
    return [m.span() for m in _ORGANISATION.finditer(text)]
