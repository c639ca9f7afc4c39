"""What cannot be answered, said so that the user knows what to ask instead; and how a question was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa import queries
from qa.answers import compose
from qa.answers.choose import Ask
from qa.answers.collect import Collected, document_years
from qa.answers.compose import Session
from qa.model import Answer, Choice, Concept, Explanation, Fact, Question, Unit
from qa.understand import near
from qa.understand.units import SUFFIX, region

_SAID = {
    "unit": "单位",
    "year": "年度",
    "phase": "阶段",
    "metric": "度量",
    "item": "指标",
    "counted": "指标",
    "project": "项目",
    "dim": "口径",
    "form": "表",
    "kind": "文件种类",
    "op": "操作",
    "axis": "分类",
    "amount": "数额",
    "bound": "限定",
    "filler": "虚词",
    "unknown": "未识别",
}

#: projects are looked through by name in so many units at most
_MOST_UNITS = 40


def missing_unit(session: Session, question: Question) -> Answer:
    """The organisation named is not in the library."""
    alike = [t.label for t in session.reader.index.similar(question.missing_unit, "unit", 3) if t.ratio >= 0.6]
    known = "、".join(dict.fromkeys([*alike, *(u.name for u in session.lexicon.units()[:8])]))
    return Answer(question.text, "no_data", f"资料库里没有“{question.missing_unit}”的文件。库中的单位：{known}。")


def which_unit(session: Session, question: Question, units: Sequence[Unit]) -> Answer:
    """Several units fit: each as a full question."""
    mention = next((m for m in question.mentions if m.role == "unit" and ("|" in m.value or len(units) == 1)), None)
    choices = tuple(
        Choice(u.name, question.text.replace(mention.text, u.name, 1) if mention else f"{u.name}{question.text}") for u in units[:8]
    )
    if len(units) == 1 and mention is not None:
        text = f"库中没有{mention.text}全部单位的数字，只有{units[0].name}的文件。要查的是这个单位吗？"
        return Answer(question.text, "clarify", text, clarify=choices)
    return Answer(question.text, "clarify", f"有几个单位都符合，请说明是哪一个：{'、'.join(c.label for c in choices)}。", clarify=choices)


def which_project(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """Several projects of the units have the words before 项目 in their name: each as a full question; None where it is clear."""
    if not any(m.text[:2] in ("项目", "专项") for m in question.mentions):
        return None
    names: dict[str, list[Concept]] = {}
    for unit in units[:_MOST_UNITS]:
        for name, concepts in session.lexicon.names(unit.curie).items():
            names.setdefault(name, []).extend(concepts)
    said, projects = near.several(question.mentions, names)
    if not projects:
        return None
    choices = tuple(Choice(p.label, question.text.replace(said, f"“{p.label}”", 1)) for p in projects[:8])
    text = f"有几个项目的名称里有“{said}”的字样，请说明是哪一个：{'、'.join(c.label for c in choices)}。"
    return Answer(question.text, "clarify", text, clarify=choices)


def not_understood(session: Session, question: Question) -> Answer:
    """Words of the question are neither in the documents nor terms of the field."""
    words = "、".join(f"“{w}”" for w in question.unknown)
    if (near_units := _cut_short(session, question)) is not None:
        return near_units
    kinds = ("ind", "econ", "func", "project", "item")
    alike = [t.label for w in question.unknown for t in session.reader.index.similar(w, kinds, 3) if t.ratio >= 0.5]
    hint = f"相近的有：{'、'.join(dict.fromkeys(alike))}。" if alike else ""
    return Answer(question.text, "no_data", f"资料里没有找到{words}，所以不给数字。{hint}")


def no_cause(
    session: Session, question: Question, wanted: Sequence[Ask], facts: Sequence[Fact], plain: Answer | None, asked: bool
) -> Answer:
    """No cause is given: said beside the figure where one is asked for too (`asked`), else the figure is told as what there is."""
    if plain is None:
        return not_understood(session, question) if question.unknown else nothing_found(session, question, wanted, facts)
    if plain.status != "answered":
        return plain
    if asked:
        return replace(plain, answer=f"{plain.answer}文件没有写明原因。")
    units = "、".join(u.name for u in question.units) or "资料库"
    return Answer(question.text, "no_data", f"{units}的文件没有写明原因。已披露：{plain.answer}")


def not_told(session: Session, question: Question) -> Answer:
    """A text is asked for that no document has."""
    if (near_units := _cut_short(session, question)) is not None:
        return near_units
    units = "、".join(u.name for u in question.units) or "资料库"
    return Answer(question.text, "no_data", f"{units}的文件里没有找到写明这一点的文字。")


def _cut_short(session: Session, question: Question) -> Answer | None:
    """A name of which only the beginning is that of a unit (…数字局): the units of that region are offered."""
    for unit, rest in pairwise(question.mentions):
        if unit.role != "unit" or rest.role != "unknown" or unit.end != rest.start or rest.text[-1] not in SUFFIX:
            continue
        place = region(next(u.name for u in session.lexicon.units() if u.curie == unit.value.split("|")[0]))
        alike = [u for u in session.lexicon.units() if place and u.name.startswith(place)][:8]
        said = unit.text + rest.text
        choices = tuple(Choice(u.name, question.text.replace(said, u.name, 1)) for u in alike)
        if choices:
            text = f"资料库里没有“{said}”。要查的是：{'、'.join(u.name for u in alike)}？"
            return Answer(question.text, "clarify", text, clarify=choices)
    return None


_USUAL = ("支出合计", "三公经费", "项目支出")


def nothing_asked(session: Session, question: Question) -> Answer:
    """No item is named: what is usually asked of the units, as full questions."""
    units = (question.units or question.unit_choice or tuple(session.lexicon.units()))[:2]
    year = {u.curie: (question.years or tuple(document_years(session, u)))[:1] for u in units}
    choices = tuple(
        Choice(f"{u.name}{what}", f"{u.name}{year[u.curie][0]}年{what}是多少") for u in units if year[u.curie] for what in _USUAL
    )
    return Answer(question.text, "clarify", "请说明要查哪个指标，例如“2024年三公经费”“项目支出年初预算”。", clarify=choices)


AXES = {"func:类": "功能分类", "func:项": "功能科目", "econ:款": "经济科目", "govecon:款": "政府预算经济科目", "project": "项目"}


def nothing_found(session: Session, question: Question, wanted: Sequence[Ask], facts: Sequence[Fact]) -> Answer:
    """The item is understood, but there is no such figure: say which years and phases there are."""
    labels = "、".join(dict.fromkeys(a.label for a in wanted if a.label))
    units = "、".join(u.name for u in question.units) or "资料库"
    years = "、".join(f"{y}年" for y in sorted({y for u in question.units for y in document_years(session, u)}))
    asked = "、".join(f"{y}年" for y in question.years)
    phases = "、".join(dict.fromkeys(p for a in wanted for p in (*a.phases, *a.metrics) if p not in labels))
    text = f"{units}的文件没有披露{asked}{labels}{phases}。"
    for wider in dict.fromkeys(a.within for a in wanted if a.within):
        text += f"只披露到“{wider}”，没有其中{labels}的数字。"
    curies = {u.curie for u in question.units}
    spends = {a.dims.get("spend", "全部") for a in wanted}
    funds = {a.dims.get("fund", f.fund) for a in wanted for f in facts}
    alike = [f for f in facts if f.unit in curies and f.metric == "金额" and (f.spend in spends or not f.spend) and f.fund in funds]
    there = sorted({(f.year, f.phase) for f in alike})
    choices = tuple(Choice(f"{year}年{phase}", f"{units}{year}年{labels}{phase}是多少") for year, phase in there[:6])
    choices += tuple(Choice(w, f"{units}{asked}{w}是多少") for w in dict.fromkeys(a.within for a in wanted if a.within))
    if there:
        text += "可查的有：" + "、".join(c.label for c in choices) + "。"
    elif years:
        text += f"库中有该单位{years}的文件。"
    renamed, others = _renamed(session, question)
    return Answer(question.text, "no_data", text + renamed, clarify=(*choices, *others))


def _renamed(session: Session, question: Question) -> tuple[str, tuple[Choice, ...]]:
    """Where a document states that a unit had or has another name: under which name there are documents of the year asked for."""
    units = {u.curie: u for u in session.lexicon.units()}
    said, choices = [], []
    for asked in question.units:
        for row in session.reader.query(queries.text("relations", units=[asked.curie])):
            other = units.get(str(row["other"] if row["unit"] == asked.curie else row["unit"]))
            if other is None or not set(question.years) & set(document_years(session, other)):
                continue
            name = "原名" if row["unit"] == asked.curie else "后来更名为"
            place = str(row["row"]).partition(":")[2]
            said.append(f"据“{row['text']}”（show {place}），{asked.name}{name}{other.name}，有该年的文件。")
            years = "、".join(f"{year}年" for year in question.years)
            labels = "".join(dict.fromkeys(m.text for m in question.mentions if m.role in ("item", "form")))
            choices.append(Choice(other.name, f"{other.name}{years}{labels}"))
    return "".join(dict.fromkeys(said)), tuple(dict.fromkeys(choices))


def no_members(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer:
    """A total is there, but not what it is made of."""
    units = "、".join(u.name for u in question.units) or "资料库"
    asked = "、".join(f"{y}年" for y in question.years)
    label = "、".join(dict.fromkeys(a.label for a in wanted if a.label)) or "支出"
    return Answer(question.text, "no_data", f"{units}的文件没有披露{asked}{label}的{AXES.get(question.axis, '构成')}，不能排序或列出。")


def no_ranking_of_changes(session: Session, question: Question) -> Answer:
    """Which of many has changed most: changes are not ranked, and the largest figure is no answer."""
    units = "、".join(u.name for u in question.units) or "资料库"
    return Answer(
        question.text, "no_data", f"{units}的{AXES.get(question.axis, '各项')}不能按增减排序或筛选，可以逐项查询与上年相比的增减。"
    )


def no_change(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer:
    """The figure is there, but neither its change nor the figure before."""
    labels = "、".join(a.label for a in wanted)
    return Answer(
        question.text, "no_data", f"{'、'.join(u.name for u in question.units)}的文件没有披露{labels}的增减，也没有可供比较的另一年数字。"
    )


def incomplete(session: Session, question: Question, found: Collected) -> Answer:
    """One side of a comparison or sum is not disclosed: what there is, and what is missing."""
    there = "；".join(compose.sentence(compose.result(session, f.fact, f.same, f.ask)) for f in found.figures[:3])
    missing = f"未披露：{'；'.join(found.missing[:4])}，不能比较或相加。" if found.missing else "没有可用来计算的另一个数。"
    return Answer(question.text, "no_data", missing + (f"已披露：{there}。" if there else ""))


def undone(question: Question, found: Answer, operations: Sequence[str]) -> Answer:
    """There are figures, but not what the question wants done with them: what is disclosed is said, no figure is given."""
    there = "；".join(compose.sentence(r) for r in found.results[:3])
    said = f"文件没有可以用来回答“{'、'.join(operations)}”的数。已披露：{there}。"
    return Answer(question.text, "no_data", said, passages=found.passages, warnings=found.warnings)


def no_average(session: Session, question: Question, found: Collected) -> Answer:
    """The amount is there, but not how many it is spread over."""
    there = "；".join(compose.sentence(compose.result(session, f.fact, f.same, f.ask)) for f in found.figures[:3])
    return Answer(question.text, "no_data", f"文件没有披露可以用来平均的人数或数量，不能计算平均数。已披露：{there}。")


def explain(question: Question, known: Explanation) -> Explanation:
    """How each word was read, and the slots."""
    words = tuple((m.text, _reading(m.role, [c.label for c in m.concepts], m.value)) for m in question.mentions)
    slots = (
        ("单位", "、".join(u.name for u in question.units)),
        ("年度", "、".join(map(str, question.years))),
        ("阶段", "、".join(question.phases)),
        ("操作", "、".join(sorted(question.ops))),
        ("未识别", "、".join(question.unknown)),
    )
    return replace(known, words=words, slots=tuple(slot for slot in slots if slot[1]))


def _reading(role: str, labels: Sequence[str], value: str) -> str:
    shown = "、".join(dict.fromkeys(labels[:4])) or value.replace("unit:", "").replace("|", "、")
    return f"{_SAID[role]}：{shown}" if shown else _SAID[role]
