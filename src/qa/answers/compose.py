"""Facts to results, warnings and sentences: what the user reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg import iris, numbers
from kg.library.store import Reader
from kg.terms import key
from qa.answers.choose import Ask, performance
from qa.answers.cite import Citer
from qa.answers.facts import Facts
from qa.model import Citation, Fact, Notice, Result
from qa.understand.lexicon import Lexicon

_TOTALS = ("ind:合计", "ind:总计")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
#: a target with its name before it: 结案率≥95%
_INNER = re.compile(r"[\u4e00-\u9fff]{2,12}(?:[≥≤><=]|不低于|不少于|达到?|为)\s*(\d+(?:\.\d+)?)%")
#: a number that is printed as a rough one: 22万余
_ABOUT = re.compile("[余多几]$")
#: citations behind one figure, at most
_CITED = 3


@dataclass(frozen=True, slots=True)
class Session:
    """What one question works with."""

    reader: Reader
    lexicon: Lexicon
    facts: Facts
    citer: Citer


def position(fact: Fact) -> tuple[int, int]:
    """Where a fact stands in its document: line, and offset or column."""
    here = iris.address(fact.id.partition(":")[2])
    return here.line or (here.page or 0) * 10_000 + (here.row or 0), here.start or here.column or 0


def digits(fact: Fact) -> str | None:
    """The value as a plain decimal string with the digits that the document prints.

    A bound such as ≥95% gives the bound; its text says which side.
    """
    value = fact.value if fact.value is not None else fact.low if fact.low is not None else fact.high
    if value is None:
        inner = _INNER.fullmatch(numbers.plain(fact.text or "")) if fact.metric == "指标值" else None
        return str(inner[1]) if inner else None
    if fact.formula:
        return plain_number(value)
    for match in _NUMBER.findall(numbers.plain(fact.quote)):
        plain = str(match).replace(",", "").lstrip("+")
        if Decimal(plain) == value:
            return plain
        if Decimal(plain) == -value:  # the sign is told by a word or by parentheses
            return f"-{plain.lstrip('-')}"
    return format(value, "f")


def plain_number(value: Decimal) -> str:
    """A computed number without exponent and trailing zeros beyond two decimals; a whole one stays whole."""
    if value == value.to_integral_value() and (int(value.as_tuple().exponent) >= 0 or value == 0):
        return format(value, ".0f")
    text = format(value.quantize(Decimal("0.01")) if value == value.quantize(Decimal("0.01")) else value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text and len(text.partition(".")[2]) > 2 else text


def shown(fact: Fact) -> str:
    """Value and measure as one reads them: 1.4万元, 36.84%, ≥95%."""
    if fact.value is None and fact.text:
        return fact.text
    return f"{digits(fact)}{fact.measure}"


def name(fact: Fact, ask: Ask | None = None) -> str:
    """What a figure is about, in words."""
    if fact.item not in _TOTALS:
        printed = fact.row_path.partition("/")[0]
        own = fact.project and fact.item.startswith("econ:") and printed and not printed[0].isdigit() and fact.label not in printed
        kind = ask.dims.get("spend", "") if ask is not None and fact.item.startswith("func:") else ""
        return f"{printed}（{fact.label}）" if own and not fact.told else f"{fact.label}{kind}" if kind != "全部" else fact.label
    if ask is not None and ask.label and ask.total and not fact.project and not _narrower(fact, ask):
        return ask.label
    if fact.project:
        return fact.project_name
    fund = fact.fund if fact.fund not in ("", "全部") else ""
    spend = fact.spend if fact.spend not in ("", "全部") else ""
    flow = "" if spend.endswith(("支出", "经费")) else fact.flow
    return f"{fund}{spend}{flow}" + ("" if spend else "总计" if fact.item == "ind:总计" else "合计")


def _narrower(fact: Fact, ask: Ask) -> bool:
    """Whether a figure is of one fund only, although none was asked for: its name must then say which."""
    return fact.fund not in ("", "全部") and not any("fund" in dims for _, dims in ask.options)


def surroundings(fact: Fact) -> str:
    """The words that speak of a figure: its sentence, or its row, column and table."""
    if not fact.told:
        return " ".join((fact.row_path, fact.column_path, fact.title, fact.section, fact.group, fact.project_name))
    passage, quote = key(fact.passage.replace("。", "|").replace("；", "|")), key(fact.quote)
    place = passage.find(quote)
    if place < 0:
        return ""
    start = passage.rfind("|", 0, place) + 1
    stop = passage.find("|", place)
    return passage[start : stop if stop >= 0 else None]


def basis(fact: Fact) -> str:
    """The 口径 in words: fund and kind of spending where they are not everything."""
    parts = [part for part in (fact.fund, fact.spend) if part and part != "全部"]
    if fact.func:
        parts.append(f"功能科目 {fact.func.partition(':')[2]}")
    return "、".join(parts)


def source(fact: Fact) -> str:
    """Where a figure stands, in few words: 公开09表, 说明, 绩效自评表."""
    if fact.told:
        return "自评报告文字" if fact.evaluation else "文字说明"
    return fact.form_number or fact.title or "表格"


def result(session: Session, fact: Fact, same: Iterable[Fact] = (), ask: Ask | None = None) -> Result:
    """A fact as a result, cited where it stands and at other places that say the same."""
    value, measure = _as_printed(fact)
    text = fact.text if fact.value is None else f"{fact.text}{fact.measure}" if fact.text and _ABOUT.search(fact.text) else None
    cited = citations(session, fact.operands, limit=12) if fact.operands else citations(session, (fact, *same))
    return Result(
        None if value is None else Decimal(value),
        measure,
        text,
        fact.unit_name,
        fact.year,
        fact.phase if fact.phase != "其他" else "",
        fact.project_name or None,
        _indicator(fact, ask),
        fact.formula or None,
        cited,
        basis(fact),
    )


_MANY = re.compile(r"(?P<number>\d+(?:\.\d+)?)万")


def _as_printed(fact: Fact) -> tuple[str | None, str]:
    """The digits and the measure of a figure as the document prints them: 40.39 and 万件, which the graph has as 403900 件."""
    many = _MANY.match(fact.quote.replace(" ", "").replace(",", "")) if fact.measure and not fact.formula else None
    if many and fact.value == Decimal(many["number"]) * 10_000 and not fact.measure.startswith("万"):
        return many["number"], f"万{fact.measure}"
    return digits(fact), fact.measure


def _indicator(fact: Fact, ask: Ask | None) -> str:
    base = name(fact, ask)
    return base if fact.metric in ("金额", "数量", "指标值", "比率", "等级") or fact.metric in base else f"{base}{fact.metric}"


def computed(
    session: Session,
    *,
    value: Decimal,
    measure: str,
    indicator: str,
    formula: str,
    operands: Sequence[Fact],
    phase: str = "",
    year: int | None = None,
) -> Result:
    """A figure of ours: the formula is shown and every operand is cited."""
    first = operands[0]
    return Result(
        Decimal(plain_number(value)),
        measure,
        None,
        first.unit_name,
        first.year if year is None else year,
        phase,
        first.project_name or None,
        indicator,
        formula,
        citations(session, operands, limit=12),
    )


def citations(session: Session, facts: Iterable[Fact], limit: int = _CITED) -> tuple[Citation, ...]:
    """The places of facts: first the one that is shown, then others in different documents or sections, few."""
    chosen: list[Fact] = []
    places: set[tuple[str, str, int | None]] = set()
    for fact in [o for f in facts for o in (f.operands or (f,))]:
        place = (fact.document, fact.table, fact.line if fact.told else None)
        if fact.id not in {f.id for f in chosen} and (place not in places or limit > _CITED):
            chosen.append(fact)
            places.add(place)
        if len(chosen) == limit:
            break
    return tuple(session.citer.fact(f) for f in chosen)


def conflict(session: Session, chosen: Fact, rivals: Sequence[Fact]) -> Notice:
    """Both figures of a contradiction, with their places."""
    said = "，".join(f"{source(r)}为{shown(r)}" for r in rivals)
    small = all(rounding(chosen, r) for r in rivals)
    tail = "（尾差）" if small else "，两处不一致"
    if not small and chosen.measure.endswith("元") and chosen.amount is not None and rivals[0].amount is not None:
        tail += f"，相差{plain_number(abs(chosen.amount - rivals[0].amount) / (chosen.factor or Decimal(1)))}{chosen.measure}"
    return Notice(
        "rounding" if small else "conflict",
        f"{chosen.year}年{name(chosen)}{_phase(chosen)}：{source(chosen)}为{shown(chosen)}，{said}{tail}",
        citations(session, (chosen, *rivals)),
    )


def rounding(a: Fact, b: Fact) -> bool:
    """Whether two amounts of money differ by no more than rounding to 0.01 万元 explains."""
    return a.amount is not None and b.amount is not None and a.measure.endswith("元") and abs(a.amount - b.amount) <= 200


def _phase(fact: Fact) -> str:
    return (
        fact.phase
        if fact.phase not in ("其他", "") and fact.metric in ("金额", "指标值")
        else fact.metric
        if fact.metric not in ("金额", "数量")
        else ""
    )


def difference_of_basis(session: Session, chosen: Fact, other: Fact) -> Notice:
    """Two figures that are both right because they count differently."""

    def described(f: Fact) -> str:
        inside = "、".join(filter(None, (f.phase, basis(f), source(f))))
        return f"{shown(f)}（{inside}）"

    return Notice(
        "basis", f"{chosen.year}年{name(chosen)}另有口径：{described(chosen)}，{described(other)}", citations(session, (chosen, other))
    )


def sentence(found: Result) -> str:
    """One result as a sentence without its full stop."""
    year = f"{found.year}年" if found.year else ""
    project = f"“{found.project}”" if found.project and found.project != found.indicator else ""
    value = found.text if found.value is None or found.text else f"{found.printed}{found.measure}"
    inside = f"（{found.computed}）" if found.computed else ""
    return f"{found.unit}{year}{project}{found.indicator}{_phase_word(found)}{value}{inside}"


def _phase_word(found: Result) -> str:
    if found.indicator.endswith(("增加", "减少")):
        return ""
    if found.measure == "%" and found.phase == "决算" or found.indicator.endswith(("得分", "分值", "占比", "完成率", "执行率", "等级")):
        return "为"
    return (
        {"决算": "决算为", "完成": "实际完成", "目标": "目标为", "": "为"}.get(found.phase, f"{found.phase}为")
        if found.phase not in found.indicator
        else "为"
    )


__all__ = [
    "Session",
    "basis",
    "citations",
    "computed",
    "conflict",
    "difference_of_basis",
    "digits",
    "name",
    "performance",
    "plain_number",
    "result",
    "sentence",
    "shown",
    "source",
]
