#!/usr/bin/env python3
"""One question asked ten ways: does the same figure come back?

50 figures are drawn (seeded) from the library, some of each kind; each is asked for in plain words. A question that is answered with its
figure is then asked in ten other ways: word order, synonyms, full width, a typo, punctuation, politeness, short unit, short year, chat.
`same`: the first figure is the same, of the same measure. `wrong`: the first figure is another. Anything else is a refusal.

paraphrases.py [--library DIR] [--seed 11] [--count 50] [--failures FILE.md]     without a library, one is built from corpus/
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from qa import Library  # noqa: E402
from qa.answers import listing  # noqa: E402
from qa.model import Answer  # noqa: E402
from qa.understand.units import region  # noqa: E402

#: kind of figure: how many of 50, metric, phases, with a project, the words of asking in plain form and in other words
KINDS: dict[str, tuple[int, str, tuple[str, ...], bool, str, tuple[str, ...]]] = {
    "金额": (22, "金额", ("决算", "预算", "年初预算"), False, "是多少", ("多少钱", "有多少", "是多少万元", "总共多少", "数是多少")),
    "项目金额": (4, "金额", ("决算", "全年预算"), True, "是多少", ("多少钱", "有多少", "是多少万元", "总共多少")),
    "完成率": (4, "完成率", ("决算",), False, "完成年初预算的百分之多少", ("完成年初预算的比例是多少", "完成了年初预算的百分之几")),
    "占比": (3, "占比", ("决算",), False, "占比是多少", ("所占比例是多少", "占百分之几", "比重是多少")),
    "变动": (4, "变动额", ("决算",), False, "比上年增减多少", ("较上年变化了多少", "和上年比增减了多少", "同上一年相比变动多少")),
    "数量": (5, "数量", ("其他", "完成", "决算"), False, "是多少", ("有多少", "一共多少", "总共几个")),
    "目标": (4, "指标值", ("目标",), True, "的目标是多少", ("目标值是多少", "定的目标是多少", "年度目标多少")),
    "完成": (4, "指标值", ("完成",), True, "实际完成多少", ("实际完成值是多少", "完成值是多少", "实际完成了多少")),
}  # fmt: skip
_PHASES = {
    "决算": ("决算", "决算数", "实际支出", "支出决算"), "预算": ("预算", "预算数"),
    "年初预算": ("年初预算", "年初预算数", "年初安排的预算"), "全年预算": ("全年预算", "全年预算数"),
}  # fmt: skip
#: other words for (parts of) items
_ITEMS = (
    (r"公务用车", "公车"), (r"因公出国（境）", "因公出国"), (r"^住房公积金$", "公积金"), (r"费$", "费用"), (r"支出$", "开支"),
    (r"经费$", "费"), (r"政府采购", "采购"), (r"年末", "年底"), (r"接待", "招待"),
    (r"机关事业单位基本养老保险", "养老保险"), (r"运行维护", "运维"),
)  # fmt: skip
_POLITE = ("请问{}？谢谢", "麻烦帮我查一下{}", "您好，我想知道{}", "能不能告诉我{}？", "劳驾，{}呢？")
_CHAT = ("{}啊", "想问下{}", "{}来着", "帮忙看看{}", "到底{}呢")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
#: characters that are easily taken for one another when typing by sound
_SLIPS = str.maketrans("据局政管员务费障城场设备维护接购置运支人工资市住房", "剧居正馆圆物废账成厂社被为户街够制云之仁公姿是主防")


@dataclass(frozen=True, slots=True)
class Said:
    """A question in its parts."""

    unit: str
    year: str
    item: str
    phase: str
    asks: str

    def __str__(self) -> str:
        return f"{self.unit}{self.year}{self.item}{self.phase}{self.asks}"


@dataclass(frozen=True, slots=True)
class Case:
    """A figure of the library, and the plain question for it."""

    kind: str
    said: Said
    figure: tuple[Decimal, str]
    source: str


def draw(records: Sequence[dict[str, Any]], kind: str, rng: random.Random) -> Iterator[Case]:
    """Figures of a kind, in random order, each item of a unit once."""
    _, metric, phases, project, asks, _ = KINDS[kind]
    seen = set()
    for record in rng.sample(records, len(records)):
        label = record["indicator"]
        fits = record["metric"] == metric and record["phase"] in phases and bool(record["project"]) == project and record["value"]
        money = record["flow"] in (None, "支出", "收支") and record["fund"] in (None, "全部", "一般公共预算", "财政拨款")
        fits = fits and Decimal(record["value"]) != 0  # too many figures are 0 for a 0 to prove anything
        spot = (record["unit"], label, record["project"])
        if not fits or not money or spot in seen or len(label) > 20 or (label in ("合计", "总计", "小计") and not project):
            continue
        seen.add(spot)
        item = label if not project else f"{record['project']}的{label}" if label not in ("合计", "总计") else record["project"]
        phase = record["phase"] if kind in ("金额", "项目金额") and not label.endswith(record["phase"]) else ""
        said = Said(record["unit"], f"{record['year']}年", item, phase, asks)
        yield Case(kind, said, (Decimal(record["value"]), record["measure"]), record["id"])


def short_name(unit: str) -> str:
    """A unit as people say it: without province and city, and without 市, 区, 县 behind the names that stay.

    >>> short_name("株洲市天元区数据局"), short_name("岳阳市智慧城管指挥中心")
    ('天元数据局', '岳阳智慧城管指挥中心')
    """
    place = region(unit).removeprefix("中共")
    parts = re.findall(r"[^省市区县州盟旗]+(?:自治区|新区|[省市区县州盟旗])", place)
    last = re.sub(r"(?:自治区|新区|[省市区县州盟旗])$", "", parts[-1]) if parts else ""
    return (last if len(last) > 1 else (parts or [""])[-1]) + unit.removeprefix("中共")[len(place) :]


def slip(text: str, rng: random.Random) -> str:
    """The text with one character wrong, or two characters swapped where none sounds like another."""
    places = [n for n, c in enumerate(text) if c.translate(_SLIPS) != c]
    if places:
        n = rng.choice(places)
        return text[:n] + text[n].translate(_SLIPS) + text[n + 1 :]
    n = rng.randrange(max(1, len(text) - 2))
    return text[:n] + text[n + 1 : n + 2] + text[n : n + 1] + text[n + 2 :]


def other_words(item: str, rng: random.Random) -> str:
    """An item in other words, where we know some."""
    known = [re.sub(pattern, word, item) for pattern, word in _ITEMS if re.search(pattern, item)]
    return rng.choice(known) if known else item


def paraphrases(case: Case, rng: random.Random) -> dict[str, str]:
    """The ten other ways to ask."""
    said, others = case.said, KINDS[case.kind][5]
    wrong = replace(said, unit=slip(said.unit, rng)) if rng.random() < 0.5 else replace(said, item=slip(said.item, rng))
    asks, phase = rng.choice(others), rng.choice(_PHASES.get(said.phase, ("",)))
    digits = said.year.rstrip("年")
    spaced = f" {said.unit} ，{digits} 年“{said.item}”{said.phase}{said.asks} ？！"
    return {
        "年度在前": f"{said.year}{said.unit}{said.item}{said.phase}{said.asks}",
        "单位在后": f"{said.item}{said.phase}{said.asks}，{said.year}，{said.unit}的",
        "同义": str(replace(said, item=other_words(said.item, rng), phase=phase, asks=asks)),
        "全角": str(said).translate(_WIDE) + "？",
        "错字": str(wrong),
        "标点": spaced,
        "客气": rng.choice(_POLITE).format(said),
        "简称": str(replace(said, unit=short_name(said.unit))),
        "年份写法": str(replace(said, year=rng.choice([digits[2:] + "年", digits.translate(_NUMERALS) + "年", digits + "年度", digits]))),
        "口语": rng.choice(_CHAT).format(f"{short_name(said.unit)}{digits[2:]}年的{said.item}{phase}{asks}"),
    }


def first(answer: Answer) -> tuple[Decimal, str] | None:
    """The first figure of an answer."""
    if answer.status != "answered" or not answer.results or answer.results[0].value is None:
        return None
    return Decimal(answer.results[0].value), answer.results[0].measure


def cases(library: Library, count: int, seed: int) -> tuple[list[Case], list[Case]]:
    """Questions that are answered with their figure, and those drawn that are not; what a kind lacks, the first kind makes good."""
    rng, found, unanswered = random.Random(seed), [], []
    records = [*listing.facts(library.reader, listing.Filters())]
    for kind, (share, *_) in reversed(KINDS.items()):
        wanted = count - len(found) if kind == next(iter(KINDS)) else round(share * count / 50)
        for case in draw(records, kind, rng):
            if not wanted:
                break
            right = first(library.ask(str(case.said))) == case.figure
            (found if right else unanswered).append(case)
            wanted -= right
    return found, unanswered


@dataclass(frozen=True, slots=True)
class Failure:
    """A paraphrase that did not bring the figure back."""

    case: Case
    way: str
    asked: str
    answer: Answer

    @property
    def wrong(self) -> bool:
        """Whether another figure came first."""
        return first(self.answer) is not None


def measure(library: Library, found: Sequence[Case], seed: int) -> tuple[int, list[Failure]]:
    """How many paraphrases were asked, and those that failed."""
    rng, asked, failed = random.Random(seed), 0, []
    for case in found:
        for way, question in paraphrases(case, rng).items():
            answer = library.ask(question)
            asked += 1
            if first(answer) != case.figure:
                failed.append(Failure(case, way, question, answer))
    return asked, failed


def report(failed: Sequence[Failure]) -> Iterator[str]:
    """The failures in Markdown, the wrong ones first."""
    for failure in sorted(failed, key=lambda f: not f.wrong):
        (value, measure), got = failure.case.figure, failure.answer.answer
        if failure.wrong:
            first = failure.answer.results[0]
            got = f"{first.value} {first.measure} {first.indicator}"
        yield f"- **{'WRONG' if failure.wrong else 'refused'}** {failure.case.kind}/{failure.way}: {failure.asked}"
        yield f"  - plain: {failure.case.said}; expected {value} {measure} ({failure.case.source})"
        yield f"  - got: {failure.answer.status} {' '.join(got.split())[:160]}"


def rows(library: Library, count: int = 50, seed: int = 11) -> tuple[list[tuple[str, str]], list[Failure]]:
    """What to print, and the failures."""
    found, unanswered = cases(library, count, seed)
    asked, failed = measure(library, found, seed)
    wrong, ways = sum(f.wrong for f in failed), Counter(f.way for f in failed)
    lines = [
        ("paraphrases: plain questions answered", f"{len(found)} of {len(found) + len(unanswered)} drawn"),
        ("paraphrases: same figure", f"{(asked - len(failed)) / asked:.1%}   ({asked - len(failed)} of {asked}; goal 95 %)"),
        ("paraphrases: another figure", f"{wrong / asked:.1%}   ({wrong}; goal 0.5 %)"),
    ]
    if ways:
        lines.append(("paraphrases: failures by way", "，".join(f"{way} {n}" for way, n in ways.most_common())))
    return lines, failed


def main() -> None:
    """Print the table, and write the failures where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--failures", type=Path, help="write the failed questions to this file (Markdown)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chazhang-bench-") as folder:
        path = arguments.library or Path(folder) / "library"
        if not arguments.library:
            from kg import build

            build.build([ROOT / "corpus"], path)
        lines, failed = rows(Library(path), arguments.count, arguments.seed)
    for name, value in lines:
        print(f"{name:46} {value}")
    if arguments.failures:
        arguments.failures.write_text("\n".join(report(failed)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
