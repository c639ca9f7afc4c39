"""Years in a question: 2024年, 24年, 二〇二四年, 2021至2023年, 今年, 去年."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from kg import numbers

_YEAR = re.compile(
    r"(?<![\d.])(?P<four>(?:19|20)\d\d)(?![\d.])(?P<tail>年度?[末底初]?|财政年度)?|(?<![\d.])(?P<two>\d\d)(?P<tail2>年度?[末底初]?)(?!以|内|前|后)|"
    r"(?P<chinese>[二一][〇零○九0][〇零○一二三四五六七八九]{2})(?P<tail3>年度?)?"
)
_RELATIVE = re.compile(
    r"(?<![比较跟与同和])(?:今年度?|本年度?(?!收入|支出|合计|财政)|去年度?|上一年度?|上年度?(?!结转|结余|末|财政|剩|相比)|前年|明年)"
)
_RECENT = re.compile(r"(?:最近|近)(?P<many>[一二两三四五])年(?:度|来|里|间)?")
_MANY = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_SHIFT = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1}
_RANGE = re.compile(r"年?度?(?:至|到|-|—|–|~|～)")


@dataclass(frozen=True, slots=True)
class Year:
    """A stretch that names years, or shifts against the current one."""

    start: int
    end: int
    years: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()


def find(squeezed: str, breaks: Iterable[int] = ()) -> list[Year]:
    """All years in a squeezed question; `breaks` are the places where a mark stood, which may part two numbers.

    >>> [y.years for y in find("2021至2023年")], find("二〇二四年三公")[0].years, find("24年")[0].years, find("科目2010301")
    ([(2021,), (2021, 2022, 2023)], (2024,), (2024,), [])
    >>> [y.years for y in find("20222023年", [4])]
    [(2022,), (2023,)]
    """
    found: list[Year] = []
    inner = [n for n in sorted(breaks) if 0 < n < len(squeezed) and squeezed[n - 1].isdigit() and squeezed[n].isdigit()]
    for start, end in pairwise([0, *inner, len(squeezed)]):
        for match in _YEAR.finditer(squeezed[start:end]):
            year = numbers.year(match["four"] or match["two"] or match["chinese"] or "")
            if year is None:
                continue
            begin = start + match.start()
            years: tuple[int, ...] = (year,)
            if found and found[-1].years and _RANGE.fullmatch(squeezed[found[-1].end : begin]) and 0 < year - found[-1].years[-1] < 20:
                years = tuple(range(found[-1].years[-1], year + 1))
                found.append(Year(found[-1].end, begin))
            found.append(Year(begin, start + match.end(), years))
    for match in _RELATIVE.finditer(squeezed):
        found.append(Year(match.start(), match.end(), shifts=(_SHIFT[match[0][0]],)))
    for match in _RECENT.finditer(squeezed):
        found.append(Year(match.start(), match.end(), shifts=tuple(range(1 - _MANY[match["many"]], 1))))
    return [y for y in found if y.years or y.shifts]
