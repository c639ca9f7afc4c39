"""What is being spoken of: from heading to line to sentence to figure, so that a figure whose words name no subject gets the right one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kg.model import Paragraph
from kg.prose import topics
from kg.prose.roles import Base
from kg.prose.subjects import TOTAL, TOTALS, Resolver, Subject, counted
from kg.prose.topics import Context

_PARTS = re.compile(
    r"其中|以下方面|具体(?:安排|为|情况)?如下|包括[：:]|主要包括(?=[^；。、，]{2,20}$)|具体包括|如下[：:]|用于[：:]|按(?:支出)?(?:功能|经济|用途|性质)[^，。；：]{0,10}[，：]|^：(?=[^，。；：、]{2,16}#$)"
)
_SPENT_ON = re.compile(r"主要(?:为|用于|有)(?=[^，；。、]{2,30}$)")  # of 项目支出: the projects it went to
#: How a sentence begins that lists parts of what the one before told.
_LISTS = re.compile(r"\s*(?:其中|具体包括|包括|按(?:支出)?(?:功能|经济|用途|性质)[^，。；：0-9]{0,10}[，：])|[^0-9]*，其中[：:]")


_EVALUATED = re.compile(
    r"(?:^|[：:。；])\s*(?:\d{1,2}\s*[.、．]|[（(][^）)]{1,3}[）)])?(?P<name>[^，。；：:]{4,40}?(?:项目|专项|资金|经费|工程|费))(?:支出)?(?:(?:绩效)?(?:自评|评价)(?:综述|情况|结果|报告)?[：:]|[：:](?=(?:该|本)?(?:项目)?(?:全年|年初|年度|本年)?预算))"
)


#: 甲项目绩效自评得分93分。项目全年预算数为185万元: of the project that the sentence before was about.
_ITS_BUDGET = re.compile(r"\s*(?:该|本)?项目(?:全年|年初|年度|本年)?(?:预算|资金|支出)")
_SIDE = re.compile(r"\s*(?:收入|支出)(?:预算|决算|总计|合计)?(?:主要|具体)?(?:包括|来源|构成)[：:]")
#: 按政府采购资金来源划分，: what follows are its parts.
_SPLIT = re.compile(
    r"\s*(?:其中)?[，：]?按照?(?P<name>[^，。；：]{4,10}?)(?:资金|项目|组织|采购|支出)*(?:性质|来源|类型|形式|方式|类别)(?:划分|分类|分|来看|看)?[，：]"
)
_FUND_FIRST = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}[)）.、．]\s*)?(?:(?:19|20)\d\d年度?)?"
    r"(?P<name>[^，。：:；0-9]{4,20}?)(?:(?:主要)?(?:用于|分布在|构成为?|包括)(?:以下|下列)?(?:几个|各个?)?方面)?[：:]"
)
_PAID = ("人员经费", "公用经费")
_ASSETS = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}[)）.、．]\s*)?(?:[^，。；：]{0,8}的?)?国有资产[^，。；：]{0,14}(?:情况|信息|说明)[。：:](?=.)"
)
_HERE = 99  # the level of a project that only its paragraph speaks of


@dataclass(frozen=True, slots=True)
class Figure:
    """What the last figure was about."""

    subject: Subject
    quantity: str
    phase: str
    metric: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Discourse:
    """Everything said so far that later words may leave out. Frozen: each step gives a new one."""

    section: tuple[str, ...] | None = None
    context: Context = field(default_factory=Context)
    line: Subject | None = None  # what a line without figures announced
    fresh: bool = False  # no figure has been read since
    project: str = ""
    project_level: int = 9
    level: int = 0  # of the paragraph's own number
    first: bool = True  # no figure yet in this paragraph
    topic: Subject | None = None  # announced by a sentence of this paragraph
    last: Figure | None = None  # in this sentence
    head: Figure | None = None  # the sentence's first
    money: Figure | None = None  # the paragraph's last amount
    previous: Figure | None = None  # what an earlier sentence of the paragraph was about
    parent: Subject | None = None  # whose parts are listed
    wider: Subject | None = None  # whose part that is
    parent_phase: str = ""
    parts: bool = False  # the list began in this sentence
    base: Base | None = None
    phase: str = ""  # of the paragraph's last amount
    announced_phase: str = ""
    listed: Figure | None = None  # whose parts this sentence began with: 其中：甲3万元、乙2万元。比上年减少1万元 is of the whole
    aside: Figure | None = None  # told last in a reason of this sentence
    outer: Figure | None = None  # before the bracket that is open: what is said in it is an aside
    announced: Subject | None = None  # the last paragraph ended with 其中： or 如下：
    sides: Subject | None = None  # the total whose income and spending are listed in sentences of their own
    inline: bool = False  # the paragraph began with its heading: （三）国有资产占用情况。截至…


def enter(talk: Discourse, paragraph: Paragraph, resolver: Resolver, figures: bool) -> Discourse:
    """Before a paragraph."""
    if paragraph.section != talk.section:
        kept = talk.announced if talk.section and paragraph.section[: len(talk.section)] == talk.section else None
        talk = replace(
            talk,
            section=paragraph.section,
            context=topics.context(paragraph.section, resolver),
            announced=kept,
            announced_phase=talk.announced_phase if kept else "",
        )
    headed = _ASSETS.match(paragraph.text) is not None and not talk.context.assets
    if headed or talk.inline:
        context = topics.context(paragraph.section, resolver)
        talk = replace(talk, context=replace(context, assets=context.assets or headed), inline=headed)
    listed = talk.announced
    if listed is None and talk.previous is not None and re.match(r"\s*其中[：:，,]", paragraph.text):
        listed = talk.previous.subject
    level = topics.level(paragraph.text)
    if talk.project_level == _HERE:
        talk = replace(talk, project="", project_level=9, line=None)
    if talk.project and (level and level <= talk.project_level or paragraph.level == 1):
        talk = replace(talk, project="", project_level=9, line=None)
    talk = replace(
        talk,
        level=level,
        first=True,
        topic=None,
        last=None,
        head=None,
        previous=None,
        parent=listed or _headed(paragraph.text, resolver),
        parent_phase=talk.announced_phase,
        base=None,
        phase="",
        money=None,
        sides=None,
    )
    if figures:
        return talk
    if not paragraph.level and topics.told(paragraph.text):
        talk = replace(talk, context=topics.context((*paragraph.section, paragraph.text.strip()), resolver), line=None)
    found = topics.line_topic(paragraph, resolver, class_above(talk))
    if found is not None and not found.generic:
        talk = replace(talk, line=found, fresh=True)
        if found.project:
            talk = replace(talk, project=found.project, project_level=level)
    elif paragraph.level:
        talk = replace(talk, line=None)
    return talk


def _headed(text: str, resolver: Resolver) -> Subject | None:
    """The source of funds that a paragraph begins with: （一）一般公共预算：收入10亿元，…收入总计12亿元."""
    match = _FUND_FIRST.match(text)
    found = resolver.known(match["name"]) if match else None
    return found if found is not None and found.item in TOTALS and "fund" in found.dims and set(found.dims) <= {"fund", "flow"} else None


def class_above(talk: Discourse) -> str:
    """The code of the 类 or 款 that a heading or line above names."""
    for subject in (talk.context.topic, talk.line, talk.announced):
        if subject is not None and subject.item.startswith("func:") and len(subject.code) < 7:
            return subject.code
    return ""


def sentence(talk: Discourse, text: str, resolver: Resolver, figures: bool) -> Discourse:
    """Before a sentence of the paragraph."""
    talk = replace(talk, last=None, head=None, parts=False, outer=None, listed=None, wider=None, aside=None)
    if _LISTS.match(text) and talk.previous is not None:
        talk = replace(
            talk,
            listed=talk.previous,
            parent=_under(talk, talk.previous.subject),
            parent_phase=talk.previous.phase if talk.previous.quantity == "money" else "",
            parts=True,
        )
    project = _EVALUATED.search(text)
    if project:
        subject = resolver.as_project(project["name"])
        talk = replace(talk, project=subject.project, project_level=_HERE, line=subject, fresh=True, topic=None, previous=None)
    elif _ITS_BUDGET.match(text) and not talk.project and talk.previous is not None and talk.previous.subject.project:
        talk = replace(talk, project=talk.previous.subject.project, project_level=_HERE)
    if (side := _SIDE.match(text)) and talk.previous is not None:
        both = talk.sides or talk.previous.subject
        talk = replace(talk, parent=_sided(both, side[0]), parent_phase=talk.previous.phase, parts=True, sides=both)
    if (split := _SPLIT.match(text)) and (found := resolver.known(split["name"])) and not found.generic:
        talk = replace(talk, parent=found, parts=True)
    whole = re.match(r"\s*(?P<name>[^，。；：]{4,40}?)中[，,：:]", text)
    if whole and (found := resolver.find(whole["name"])) and found.known and not found.empty:
        talk = replace(talk, parent=found, parent_phase=found.dims.get("phase", ""))
    if not figures:
        found = resolver.path(re.sub(r"^\s*\d{1,2}\s*[、.．]\s*", "", text), class_above(talk))
        if found is None and len(text) < 30 and topics.level(text):
            found = topics.announced(text, resolver, topics.PROJECT_SENTENCE)
        if found is not None and not found.empty:
            talk = replace(talk, topic=found, previous=None)
            if found.project and talk.first:
                talk = replace(talk, project=found.project, project_level=talk.level)
    return talk


def _sided(subject: Subject, words: str) -> Subject:
    """A total of both sides as the side that the words end with: 收支总预算10万元。收入包括：…；支出包括：…."""
    side = re.search(r"(收入|支出)(?:预算|决算|总计|合计)?(?:主要|具体)?(?:包括|来源|构成)?[：:]?$", words)
    both = subject.item in TOTALS and subject.dims.get("flow") in ("收支", "收入", "支出")
    return replace(subject, dims={**subject.dims, "flow": side[1]}) if side and both else subject


def _under(talk: Discourse, subject: Subject) -> Subject:
    """A subject of a list with the source of funds of the list, so that its own parts have it too."""
    fund = talk.parent.dims.get("fund") if talk.parent is not None else None
    return replace(subject, dims={"fund": fund, **subject.dims}) if fund and "metric" not in subject.dims else subject


def bracket(talk: Discourse, before: str) -> Discourse:
    """Before a figure with the words of its sentence before it: behind a bracket the talk goes on about what it was about before."""
    inside = before.count("（") + before.count("(") > before.count("）") + before.count(")")
    if inside and talk.outer is None:
        return replace(talk, outer=talk.last)
    return replace(talk, last=talk.outer, outer=None) if talk.outer is not None and not inside else talk


def after(talk: Discourse, figure: Figure, behind: str, base: Base | None, *, own: bool, default: str) -> Discourse:
    """After a figure that stands in no reason."""
    talk = replace(talk, base=base or talk.base)
    if figure.metric == "金额":  # a change is of the amount of the document's own phase, where one was named
        talk = replace(talk, phase=talk.phase if talk.phase == default else figure.phase, money=figure if own else talk.money)
    if own or talk.last is None or figure.quantity == "money":
        talk = replace(talk, last=figure, head=talk.head or figure)
    if talk.wider is not None and figure.subject.dims.get("spend") in _PAID and talk.parent is not None:
        talk = replace(talk, parent=talk.wider, wider=None)  # 人员经费…，主要包括…；公用经费…
    spent = figure.subject.dims.get("spend") == "项目支出" and figure.subject.item in TOTALS and figure.metric in ("金额", "占比")
    if listed := _PARTS.search(behind) or (_SPENT_ON.search(behind) if spent and not figure.subject.project else None):
        whole = talk.head if talk.head is not None and talk.parts and "如下" in listed[0] else figure  # 其中：甲3万元、乙2万元，具体如下
        other = talk.parent if talk.parts and talk.parent is not None and _SIDE.search(behind) else None  # ；支出包括：
        parent = _under(talk, _sided(other or whole.subject, behind[: listed.start()]))
        inner = talk.parent if talk.parts and parent.dims.get("spend") in _PAID else None
        talk = replace(talk, wider=inner, parent=parent, parent_phase=whole.phase if whole.quantity == "money" else "", parts=True)
    if own and figure.subject.project and talk.first and talk.level >= 4:
        talk = replace(talk, project=figure.subject.project, project_level=talk.level)
    several = talk.listed and talk.head and talk.last and talk.last.subject != talk.head.subject
    remembered = talk.listed if several else talk.head if talk.parts and talk.head is not None else talk.last
    return replace(talk, previous=remembered or talk.previous, first=False, fresh=talk.fresh and not own)


def leave(talk: Discourse, text: str) -> Discourse:
    """After a paragraph: one that ends with 其中： or 如下： announces whose parts follow."""
    if re.search(r"(?:[：:]|如下|其中)\s*。?$", text):
        figure = (talk.head if talk.parts and "如下" in text[-8:] else None) or talk.last or talk.previous
        subject = _sided(figure.subject, text.rstrip("。")) if figure else talk.line if talk.fresh else None
        return replace(
            talk,
            announced=subject or talk.announced,
            announced_phase=figure.phase if figure and re.search(r"(?:其中|包括|方面|安排如下)[：:]?\s*$", text) else "",
        )
    return talk


def inherited(talk: Discourse, *, whole: bool = False) -> Subject | None:
    """The subject of a figure whose words name none; `whole` asks for what the sentence began with (合计 behind its parts)."""
    if whole and talk.head is not None:
        return talk.head.subject
    if talk.last is not None:
        return talk.last.subject
    if talk.topic is not None:
        return talk.topic
    if talk.fresh and talk.line is not None:
        return talk.line
    if talk.previous is not None:
        return talk.previous.subject
    if talk.line is not None:
        return talk.line
    return talk.context.topic


def outgrown(talk: Discourse, change: Decimal) -> bool:
    """Whether an amount has grown by more than it is, so that the growth is that of the whole: 总计900万元，其中结转5万元，增加60万元."""
    part, whole = talk.last, talk.head
    if part is None or whole is None or part is whole or part.value is None or whole.value is None:
        return False
    return part.quantity == whole.quantity == "money" and part.metric == whole.metric == "金额" and part.value < change <= whole.value


def nearby(talk: Discourse) -> bool:
    """Whether a subject was named so near that 支出决算 without one goes on about it."""
    return talk.last is not None or talk.topic is not None or talk.fresh and talk.line is not None


def of_all(found: Subject, talk: Discourse, quantity: str) -> Subject:
    """项目 behind 11个项目: all of them together, 项目支出; without a count it is the project that a report is about.

    收支 behind 收入总计 and 支出总计 is of these totals.
    """
    if found.item == TOTAL and found.dims == {"flow": "收支"} and talk.previous is not None and talk.previous.subject.item == "ind:总计":
        return replace(found, item="ind:总计", label="总计")
    told = any(f and counted(f.quantity) and f.subject.row.endswith("项目") for f in (talk.head, talk.last, talk.previous))
    if not told or quantity not in ("money", "ratio") or found.item not in ("item:项目", "item:项目预算"):
        return found
    return Subject(found.row, TOTAL, "合计", {"flow": "支出", "spend": "项目支出"}, whole=True)


def spoken_of(talk: Discourse) -> str:
    """The project that a heading or the line above names."""
    topics_ = (talk.line, talk.context.topic)
    return talk.project or next((t.project for t in topics_ if t is not None and t.project), "")
