"""Numbers in a sentence: figures with their measure and what the print says of them (余, 约, 以上); numbers that are none, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kg import numbers
from kg.knowledge import Knowledge

_COMPARE = {
    ">": "不低于|不少于|大于等于|≥|>=|至少|不小于",
    "<": "不超过|不高于|不大于|小于等于|≤|<=|至多|不多于",
    ">>": "超过|逾|＞|>|高于|超",
    "<<": "＜|<|不足|不到|低于|少于",
    "~": "大约|将近|约|近",
}
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:，[0-9]{3})+\.[0-9]{1,2}|[0-9]+(?:[.．][0-9]+)?"
_MANY = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_MONEY = re.compile(r"[十百千万亿]*(?:美|欧|港|日)?元")
#: What must not follow a measure that begins another word: 307.82 本年支出合计.
_BEGINS_WORD = {"本": "(?![年级月次单部期周季])"}
#: Labels of measures that are words of the language first, and nothing to look for behind a number.
_NOT_PRINTED = re.compile(r"人员|项目个数|百分之|千分之|百分号|天数|^每|^个(?!$|百分点|月|小时|工作日|季度|星期)|^pct$")


@dataclass(frozen=True, slots=True)
class Token:
    """A number in a paragraph. `start` to `end` covers it with its measure; `why` says why it is no figure (then the rest is empty).

    `text` is the print where it says more than a number (2100余, 约900, 3次以上, 2-3); `quantity` is money, ratio, score, count … or ''.
    """

    start: int
    end: int
    value: Decimal | None = None
    measure: str = ""
    quantity: str = ""
    text: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    strict: bool = False
    suffix: str = ""
    why: str = ""


@dataclass(frozen=True)
class Reader:
    """What reading numbers needs to know: the measures, and the patterns of numbers that are no figures."""

    pattern: re.Pattern[str]
    quantities: dict[str, tuple[str, str]]
    excluded: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=2)
def _build(items: tuple[tuple[str, str, str], ...], excluded: tuple[tuple[str, str], ...]) -> Reader:
    quantities = {printed: (label, quantity) for printed, label, quantity in items}
    measures = "|".join(re.escape(m) + _BEGINS_WORD.get(m, "") for m in sorted(quantities, key=len, reverse=True))
    compare = "|".join(re.escape(w) for words in _COMPARE.values() for w in words.split("|"))
    pattern = re.compile(
        rf"(?P<compare>{compare})?(?<![0-9.A-Za-z])(?P<sign>[-−－](?=[0-9]))?(?P<number>{_DIGITS})"
        rf"(?:(?P<measure1>{measures})?\s*(?:[-–—~～－]+)\s*(?P<upper>{_DIGITS}))?"
        rf"\s*(?P<vague>余|多|来)?(?P<many>[十百千万亿]*)(?P<vague2>余|多)?\s*(?P<measure>%|％|{measures})?(?P<vague3>余|多(?!于)|左右|上下)?"
        rf"(?P<above>(?:（含）|\(含\)|及|或)?以[上下内])?"
    )
    return Reader(pattern, quantities, tuple((why, re.compile(text)) for why, text in excluded))


def reader(knowledge: Knowledge) -> Reader:
    """The reader of numbers for a knowledge, made once."""
    items: list[tuple[str, str, str]] = [("％", "%", "ratio")]
    for concept in knowledge.by_scheme.get("mu", ()):
        for label in (concept.label, *concept.alt):
            if not _NOT_PRINTED.search(label) and concept.quantity and label not in ("万", "亿", "块"):
                items.append((label, concept.label if concept.quantity in ("money", "ratio", "score") else label, concept.quantity))
    counters = (word for _, p in knowledge.of_class("f:Role") if p.get("f:kind", ("",))[0] == "counter" for word in p["f:pattern"])
    known = {printed for printed, _, _ in items}
    items += [(word, word, "count") for word in counters if word not in known]
    excluded = [
        (int(p["f:order"][0]), p["skos:prefLabel"][0], text)
        for _, p in knowledge.of_class("f:Role")
        if p.get("f:kind", ("",))[0] == "none"
        for text in p["f:pattern"]
    ]
    return _build(tuple(dict.fromkeys(items)), tuple((why, text) for _, why, text in sorted(excluded)))


def tokens(text: str, reader: Reader) -> list[Token]:
    """All numbers of a paragraph in order.

    >>> from kg import knowledge
    >>> [(t.value, t.measure, t.text or t.why) for t in tokens("2023年受理22万余条，支出1,227.6万元。", reader(knowledge.load()))]
    [(None, '', '日期'), (Decimal('220000'), '条', '22万余'), (Decimal('1227.6'), '万元', '')]
    >>> [t.measure for t in tokens("合计307.82本年支出，图书5本", reader(knowledge.load()))]
    ['', '本']
    """
    covered = _covered(text, reader)
    found: list[Token] = []
    done = 0
    for match in re.finditer(r"[0-9]", text):
        if match.start() < done:
            continue
        end, why = covered.get(match.start(), (0, ""))
        if why:
            begin = match.start()
            stop = max(m.end() for m in re.finditer(r"[0-9][0-9.,:/年月日-]*", text[begin:end])) + begin if end > begin else end
            found.append(Token(begin, _last_digit(text, begin, min(stop, end)), why=why))
            done = end
            continue
        token = _token(text, match.start(), reader)
        found.append(token)
        done = max(token.end, match.end())
    return found


def _last_digit(text: str, start: int, end: int) -> int:
    while end > start + 1 and not text[end - 1].isdecimal():
        end -= 1
    return end


def _covered(text: str, reader: Reader) -> dict[int, tuple[int, str]]:
    """For every digit that belongs to no figure, where the stretch ends that is none, and why."""
    found: dict[int, tuple[int, str]] = {}
    for why, pattern in reader.excluded:
        for match in pattern.finditer(text):
            for place in range(*match.span()):
                found[place] = max(found.get(place, (0, "")), (match.end(), why))
    return found


def _token(text: str, place: int, reader: Reader) -> Token:
    for start in range(max(place - 4, 0), place + 1):  # words such as 不超过 stand before the digits
        match = reader.pattern.match(text, start)
        if match and match.start("number") == place:
            return _figure(text, match, reader)
    match = re.compile(r"[0-9][0-9.,]*").match(text, place)
    return Token(place, match.end() if match else place + 1, why="数字残缺")


def _decimal(digits: str) -> Decimal:
    return Decimal(re.sub(r"[,，]", "", digits).replace("．", "."))


def _measure(match: re.Match[str], reader: Reader, text: str) -> tuple[str, str, int]:
    """Measure as a notation, its quantity, and what the multiplier in front of it multiplies by."""
    many, printed = match["many"], match["measure"] or match["measure1"] or ""
    factor = 1
    for char in many:
        factor *= _MANY[char]
    if many and _MONEY.fullmatch(printed):
        return many + printed, "money", 1
    if many[-1:] in ("万", "亿") and not printed and not re.match(r"[\u4e00-\u9fff]", text[match.end() : match.end() + 1] or "。"):
        return many + "元", "money", 1  # 1720.00万
    if many[-1:] in ("万", "亿") and not printed and match["above"]:
        return many + "元", "money", 1
    label, quantity = reader.quantities.get(printed, (printed, ""))
    return label, quantity, factor


def _figure(text: str, match: re.Match[str], reader: Reader) -> Token:
    measure, quantity, factor = _measure(match, reader, text)
    value = _decimal(match["number"])
    if factor > 1:
        value = Decimal(int(value * factor)) if value * factor % 1 == 0 else value * factor
    if match["sign"]:
        value = -value
    start = match.start("sign") if match["sign"] else match.start("number")
    compare = next((k for k, words in _COMPARE.items() if match["compare"] in words.split("|")), "") if match["compare"] else ""
    above = match["above"] or ""
    end = match.end("vague3") if match["vague3"] else match.end("above") if above else match.end()
    vague = match["vague"] or match["vague2"] or match["vague3"]
    if match["upper"]:
        upper = _decimal(match["upper"]) * factor
        return Token(start, end, None, measure, quantity, _printed(text, start, match), value, upper)
    bound = compare[:1] if compare in (">", "<", ">>", "<<") else ">" if above.endswith("上") else "<" if above else ""
    if bound:
        low, high = (value, None) if bound == ">" else (None, value)
        whole = text[match.start() : end]
        return Token(start, end, None, measure, quantity, numbers.plain(whole), low, high, compare in (">>", "<<"), suffix=above)
    begin = match.start() if compare == "~" else start
    said = None
    if compare == "~" or match["vague3"]:
        said = text[begin:end]
    elif vague or factor != 1:
        said = text[start : match.start("measure") if match["measure"] else match.end()]
    return Token(start, end, value, measure, quantity, said)


def _printed(text: str, start: int, match: re.Match[str]) -> str:
    return text[start : match.end()]
