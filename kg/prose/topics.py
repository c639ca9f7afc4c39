"""What a passage is about before its first figure: headings, topic lines, project names; and what that fixes in the figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg import terms
from kg.model import Document, Identity, Paragraph, Table
from kg.prose.subjects import Resolver, Subject, flow_of

_TAIL = re.compile(
    r"(?:的|及|主要)?(?:增减变[动化])?(?:总体|结构|具体|有关|相关)?(?:预算|决算)?(?:情况|安排)*(?:的?说明)?(?:如下)?[。：:]?$"
)
_LEVELS = (
    (2, re.compile(r"^[一二三四五六七八九十]{1,3}\s*[、.．]")),
    (3, re.compile(r"^[(（][一二三四五六七八九十]{1,3}[)）]")),
    (4, re.compile(r"^\d{1,2}\s*(?:、|[.．](?!\d))")),
    (5, re.compile(r"^[(（]\d{1,2}[)）]")),
)
_PROJECT_TITLE = re.compile(r"(?P<name>.{4,40}?)(?:项目)?(?:经费|资金)?(?:支出)?情况说明$")
_NO_TITLE = re.compile(r"预算|决算|支出|收入|相关|总体|三公|增减|部分|事项|其[他它]|采购|资产|绩效|运行经费|人员|机构|债务|转移支付")
_WORK = re.compile(r"^(?!.*(?:报告|自评表|公开表|附件)$).*(?:绩效(?!目标设置)|成效|项目实施|工作完成|履职(?:情况|效益|完成)|任务完成)")
_PLAN = re.compile(r"工作任务|工作目标|工作计划|重点工作|主要任务|年度目标")
_PROJECTS = re.compile(r"重点项目|主要项目|项目(?:支出|经费)?(?:预算|绩效|实施|安排)?(?:情况|说明)")
_PROJECT_LINE = re.compile(r"(?:项目|专项|专项资金|经费|费用|费|资金|工程|补助|维护|运转|服务|建设|改造|采购|活动|行动|计划)$")
#: In a sentence of its own the words must say more plainly that a project is named.
PROJECT_SENTENCE = re.compile(r"(?:项目|专项|资金|专项经费|工程)$")
_SOME_PROJECTS = re.compile(r"重点|主要|其他|政府采购|采购|绩效|预算|部分|所有|全部|相关|信息公开|专项资金$|基本|三公|“三公”")
#: 财政拨款支出主要内容如下：what the lines below are parts of
_CONTENTS = re.compile(
    r"[^，。；：0-9]{2,14}(?:支出|收入)(?:预算|决算)?(?:主要)?(?:内容|用途|具体情况|主要项级科目变动情况|项级科目变动情况|变动情况)(?:如下)?[：:]?"
)
_NOT_PROJECT = re.compile(
    r"(?:情况|如下|说明|措施|成效|问题|职责|职能|机构|表|报告|工作)[：:。]?$|^(?:主要|存在|下一步|其他|大力|扎实|加强|推进|开展|做好|持续|全面|着力|深入|认真|切实|努力|精心|坚持|充分|积极|组织|完成|强化)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What headings say of all figures under them."""

    dims: Mapping[str, str] = field(default_factory=dict)
    topic: Subject | None = None
    work: bool = False  # a report of work done: counts are results
    assets: bool = False  # what the unit owns: amounts are no spending
    projects: bool = False  # a list of projects: what its numbers name is one
    plan: bool = False  # tasks and targets: counts are aims
    scheme: str = ""  # the classification that its names are of


def level(text: str) -> int:
    """The depth of a list number: 2 for 一、 3 for （一） 4 for 1. 5 for （1）; 0 where there is none.

    >>> level("（二）项目支出"), level("1.财政拨款"), level("2023年度"), level("1.5万元")
    (3, 4, 0, 0)
    """
    return next((depth for depth, pattern in _LEVELS if pattern.match(text.strip())), 0)


def phase(identity: Identity) -> str:
    """The phase of amounts that name none, by the kind of the document."""
    return "预算" if identity.kind.endswith("预算") else "决算"


def heading(text: str, resolver: Resolver) -> Context:
    """What one heading fixes.

    Its fund and the way of its money hold for all figures below it; its own subject only for figures that name none.
    """
    bare = re.sub(r"^关于|^20\d\d年度?", "", terms.strip_numbering(text.strip())).strip("：:。")
    bare = re.sub(r"^20\d\d年度?", "", bare)
    key = terms.key(bare)
    dims: dict[str, str] = {}
    if fund := resolver.labels.fund(key):
        dims["fund"] = fund
    words = re.sub(r"一般公共预算|政府性基金预算|国有资本经营预算|社会保险基金预算|预算绩效|绩效", "", bare)
    if flow := flow_of(bare):
        dims["flow"] = flow
    if "决算" in words:
        dims["phase"] = "决算"
    topic = None
    for candidate in (bare, _TAIL.sub("", bare), re.sub(r"(?:支出|收入)?$", "", _TAIL.sub("", bare))):
        topic = resolver.known(candidate)
        if topic is not None and not topic.empty:
            break
    if topic is not None and topic.empty:
        topic = None
    scheme = "func" if "功能分类" in bare else "econ" if "经济分类" in bare else ""
    work, listed, plan = (bool(pattern.search(bare)) for pattern in (_WORK, _PROJECTS, _PLAN))
    return Context(dims, topic, work, "国有资产" in bare, listed, plan, scheme)


def told(text: str) -> bool:
    """Whether a line is a heading that ends like a sentence.

    >>> told("（三）国有资产的总体情况说明。"), told("（三）加强管理。")
    (True, False)
    """
    return bool(_CONTENTS.fullmatch(text.strip())) or bool(
        level(text) in (2, 3) and len(text) < 44 and re.search(r"(?:情况(?:的?说明)?|分类[^。，]{0,6})[。：:]?$", text.strip())
    )


def context(headings: Iterable[str], resolver: Resolver) -> Context:
    """What a chain of headings fixes, the inner ones over the outer."""
    dims: dict[str, str] = {}
    topic: Subject | None = None
    work = plan = assets = listed = False
    scheme = ""
    for text in headings:
        one = heading(text, resolver)
        if "flow" in one.dims or "fund" in one.dims:
            dims = {k: v for k, v in dims.items() if k == "phase" or k == "fund" and "fund" not in one.dims}
        dims |= one.dims
        named = _titled_project(text)
        plainly = named and PROJECT_SENTENCE.search(named) and not _SOME_PROJECTS.match(named)
        topic = one.topic or (resolver.as_project(named) if plainly or (named and listed) else None)
        work, assets, listed, plan = work or one.work, one.assets, one.projects, plan or one.plan
        scheme = one.scheme or scheme
    return Context(dims, topic, work, assets, listed, plan, scheme)


def _titled_project(text: str) -> str:
    """The project that a heading under 项目经费情况说明 names: （一）馆藏档案数字化加工项目."""
    bare = terms.strip_numbering(text.strip()).strip("：:。“”")
    return bare if level(text) in (2, 3, 4) and _PROJECT_LINE.search(bare) and not _NOT_PROJECT.search(bare) and 4 < len(bare) < 40 else ""


def line_topic(paragraph: Paragraph, resolver: Resolver, above: str) -> Subject | None:
    """The subject that a line without figures announces for the lines below it; None where it announces none."""
    text = paragraph.text.strip()
    if len(text) > 90 or "。" in text.rstrip("。") and not re.search(r"[)）]。", text):
        return None
    bare = terms.strip_numbering(text).rstrip("。：:")
    found = resolver.path(bare, above)
    if found is not None:
        return found
    title = _PROJECT_TITLE.fullmatch(bare)
    if title and not level(text) and not _NO_TITLE.search(title["name"]):
        return resolver.as_project(title["name"])
    if text.endswith("。") or len(bare) > 44:
        return None
    return announced(text, resolver)


def announced(text: str, resolver: Resolver, named: re.Pattern[str] = _PROJECT_LINE) -> Subject | None:
    """The subject that a heading, a line or a numbered sentence without figures announces: what its labels say, else a project."""
    topic = heading(text, resolver).topic
    bare = terms.strip_numbering(text).rstrip("。：:")
    if topic is not None and not topic.bare:
        return topic
    if level(text) >= 4 and named.search(bare) and not _NOT_PROJECT.search(bare) and not re.search(r"[，；：]", bare):
        return resolver.as_project(bare)
    return topic


def projects(document: Document) -> frozenset[str]:
    """Keys of the texts that stand in cells of the document's tables: among them the names of its projects as printed."""
    return frozenset(
        terms.key(cell.text)
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        if 4 <= len(cell.text) <= 60 and not cell.text[0].isdecimal()
    )


def captions(document: Document) -> set[int]:
    """Indices of the blocks that only caption a table: 公开03表, 单位：万元, 部门：…, the title right above."""
    found: set[int] = set()
    for n, block in enumerate(document.blocks):
        if not isinstance(block, Table):
            continue
        for above in range(n - 1, max(n - 7, -1), -1):
            before = document.blocks[above]
            if (
                not isinstance(before, Paragraph)
                or before.text not in block.captions
                or len(before.text) > 60
                or re.search(r"[。；]", before.text)
            ):
                break
            if re.search(r"表|单位\s*[:：]|部门\s*[:：]|附件|金额|公开|填报|^\s*$", before.text) or len(before.text) < 30:
                found.add(above)
    return found
