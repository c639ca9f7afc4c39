"""A figure in its sentence: the words around it, its role, what it is compared with, and the words left for its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.prose import roles
from kg.prose.roles import EARLIER, FIGURE, Base, Match, Role, Roles
from kg.prose.tokens import Token

#: How far back in its sentence the words of a figure are looked for.
REACH = 800
_BOUNDARY = "，,；;。：:（("
#: Where a noun behind a count ends.
_TAIL = re.compile(
    r"^(?:的(?!是))?(?:第?[一二三四五六七八九十]+个)?(?P<noun>[^，,。；;、：:（）()“”§#的]{2,16}?)"
    r"(?=每|分别|组织|财政|编制|全面|全部|均|开展|进行|实行|参加|参与|达到|获得|提供|用于|组成|构成|负责|承担|纳入|编报|以及|共计|累计|合计|(?:19|20)[0-9]{2}年|，|,|。|；|;|、|：|:|（|）|“|”|§|#|的|和|与|及|在|为|对|向|并|$)"
)
#: What ends a reason: 主要是为保障运转的支出，其中：工资福利支出120万元.
_PARTS = re.compile(r"其中[：:]|[，；。](?:[一二三四五六七八九十]{1,2}、|（[一二三四五六七八九十]{1,2}）)")
_NO_NOUN = re.compile(
    r"^(?:和(?![平谐])|与(?!会)|以?及(?![时格])|以[上下内]|左右|不等|之[间内]|用于|进行|开展|组成(?!人员)|构成|等(?!级)|的?(?:，|。|；|、)|以|次?占|比|较|增|减|主要|均|全部|共|其|是|由|因|已|后|前|时)"
)
#: A figure that was left blank: 占基本支出预算%, 比上年减少 万元.
_BLANK = re.compile(r"(?<![§0-9])\s*(?:[%％]|(?<![\u4e00-\u9fff])万元|(?<=[加少长降])万元)$")
#: What is paid to people that are counted: 79名窗口人员经费支付.
_PAID = re.compile(r"(?<=员|工|师|生)(?:工资|劳务|薪酬|经费|费用?|补贴|补助|津贴|报酬)+(?:支付|发放|支出|保障)?$")
_BOUND = re.compile(r"不(?:低于|少于|小于|超过|高于|大于|多于)$")
_CHANGED = re.compile(r"相比|持平|一致|相同|相等|增|减|上升|下降|降|提高|多|少")


#: What says on which side of a number something lies, behind its name: 差错率不高于0.05%.
_BOUND = re.compile(r"(?:[<>≤≥＜＞≦≧= ]|不(?:少于|低于|高于|超过|大于|小于|多于)|[大小]于等于|控制在|至少|至多)+$")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that becomes a fact: a figure, or words that say 持平 or a grade."""

    start: int
    end: int
    token: Token | None = None
    said: tuple[Role, str, str, str] | None = None  # role, base or name, words, value
    order: int = 0


@dataclass(frozen=True, slots=True)
class Lead:
    """What the sentence says around one event."""

    before: str  # the sentence up to the event, earlier events as §
    piece: str  # what of it comes after the last event
    after: str  # up to the next event or the end of the sentence
    match: Match | None
    base: Base | None
    amount_of_base: bool  # 比年初预算数10万元减少…: the figure is the base itself
    rest: str
    reason: bool


def events(text: str, figures: Sequence[Token], known: Roles) -> list[Event]:
    """All events of a paragraph in order; words that overlap a figure give way."""
    found = [Event(t.start, t.end, t) for t in figures]
    chars = list(text)
    for token in figures:
        chars[token.start : token.end] = EARLIER * (token.end - token.start)
    masked = "".join(chars)
    for role, match in roles.search(known, "flat", masked):
        flat = match["flat"] or match.group()
        start, end = match.span("flat") if match["flat"] else match.span()
        if not re.match(r"[^，。；]{0,4}的?(?:主要)?原因", text[end:]):
            begin = start if EARLIER in match.group() else match.start()
            found.append(Event(begin, match.end(), said=(role, match["base"], text[start:end], flat)))
    for role, match in roles.search(known, "grade", masked):
        found.append(Event(match.start("grade"), match.end("grade"), said=(role, match["name"], match["grade"], match["grade"])))
    return sorted(found, key=lambda e: (e.start, e.end))


def lead(text: str, sentence: tuple[int, int], events_: Sequence[Event], n: int, known: Roles, year: int) -> Lead:
    """The words around the n-th event of a sentence and what they mean."""
    event = events_[n]
    before = ""
    near = [e for e in events_[:n] if e.end > event.start - REACH]
    place = sentence[0] if len(near) == n else near[0].start if near else event.start - REACH
    for earlier in near:
        before += text[place : earlier.start] + EARLIER
        place = earlier.end
    piece = text[max(place, event.start - REACH) : event.start]
    if event.token is not None and event.token.value is None:
        piece = _BOUND.sub("", piece)  # 不低于 belongs to the figure
    before = (before + piece)[-REACH:]
    stop = events_[n + 1].start if n + 1 < len(events_) else sentence[1]
    end = event.end - len(event.token.suffix) if event.token else event.end
    after = text[end:stop] + (FIGURE if n + 1 < len(events_) else "")
    if event.said is not None:
        return _said(event, before, piece, after, known, year)
    match = roles.role(known, before, after, event.token.quantity if event.token else "")
    offset = len(before) - len(piece)
    compare, amount_of_base = _compared(piece, after, known)
    base = _base(match, compare, known, year)
    rest = "" if match and match.start < offset else piece[: match.start - offset] if match else piece
    rest = _BOUND.sub("", rest)
    reason = _in_reason(before, offset, compare, known)
    if reason and compare is None and (cut := _reason_end(piece, known)):
        rest = "，" + rest[cut:]
    if compare is not None:
        starts_anew = compare.start() == 0 or piece[compare.start() - 1] in _BOUNDARY
        cut = _reason_end(piece[: compare.start()], known)
        head = "" if starts_anew and cut else "，" + rest[cut : compare.start()] if cut else rest[: compare.start()]
        rest = head + rest[min(compare.end(), len(rest)) :]
    return Lead(before, piece, after, match, base, amount_of_base, rest, reason)


def unbounded(name: str) -> str:
    """A name without the words that say on which side of a number it lies: 可用率不低于 is 可用率."""
    return _BOUND.sub("", name) or name


def _compared(piece: str, after: str, known: Roles) -> tuple[re.Match[str] | None, bool]:
    """The comparison in the words before a figure, and whether the figure is itself what is compared with: 比上年决算数10万元减少…"""
    found = roles.search(known, "compare", piece + FIGURE)
    last = found[-1][1] if found else None
    if last is None or last.end() < len(piece):
        return last, False
    return (last, True) if _CHANGED.match(after.lstrip("，")) else (None, False)


def _said(event: Event, before: str, piece: str, after: str, known: Roles, year: int) -> Lead:
    """Words that say 持平, or a grade."""
    assert event.said is not None
    role, word, _, _ = event.said
    if role.kind == "grade":
        rest = re.sub(re.escape(word) + r"[^，。；]{0,6}$", "", piece)
        reason = _in_reason(before, len(before) - len(piece), None, known)
        return Lead(before, piece, after, Match(role, len(before), word, word), None, False, rest, reason)
    rest = _after_reason(piece, known)
    return Lead(before, piece, after, Match(role, len(before), word), roles.base(known, word, year), False, rest, False)


def is_measured_against(lead: Lead) -> bool:
    """Whether a figure is what a rate is measured against: 完成预算10万元的98%, 占总支出10万元的5%."""
    before, behind = re.search(r"(?:完成|占)[^，。；：§]*$", lead.piece), re.match(rf"的[^，。；：§#]{{0,4}}{FIGURE}$", lead.after)
    return before is not None and behind is not None


def _base(match: Match | None, compare: re.Match[str] | None, known: Roles, year: int) -> Base | None:
    if match and match.base:
        return roles.base(known, match.base, year)
    if compare is not None:
        return roles.base(known, compare["base"], year)
    if match and "base" in match.role.sets:
        return Base(match.role.sets["base"])
    return None


def _reason_end(text: str, known: Roles) -> int:
    found = roles.search(known, "reason", text)
    return found[-1][1].end() if found else 0


def _after_reason(piece: str, known: Roles) -> str:
    """The words behind the reason that a piece gives, where it ended with a semicolon; all of them where it gives none."""
    end = _reason_end(piece, known)
    return piece if not end else "，" + piece[end:].rpartition("；")[2] if "；" in piece[end:] else ""


def _in_reason(before: str, offset: int, compare: re.Match[str] | None, known: Roles) -> bool:
    """Whether the figure stands in a reason: after 主要原因是 with no new comparison at the beginning of a clause."""
    end = _reason_end(before, known)
    if not end or _PARTS.search(before[end:]):
        return False
    if compare is not None and offset + compare.start() >= end:
        return not (compare.start() == 0 or before[offset + compare.start() - 1] in _BOUNDARY)
    return True


def clauses(rest: str, *, fresh: bool) -> Iterator[tuple[str, bool]]:
    """The clauses of the words left for the subject, last first, and whether each is a label (followed by a colon).

    `fresh` says that no event stands before: otherwise what stands before the first comma belongs to that event.

    >>> list(clauses("（一）收入预算：2022年", fresh=True)), list(clauses("（含专项），结案", fresh=False))
    ([('2022年', False), ('（一）收入预算', True)], [('结案', False)])
    """
    parts: list[tuple[str, bool]] = []
    depth, start = 0, 0
    for i, char in enumerate(rest):
        depth += (char in "（(“《") - (char in "）)”》" and depth > 0)
        if char in "，,；;：:" and not depth:
            parts.append((rest[start:i], char in "：:"))
            start = i + 1
    parts.append((rest[start:], False))
    if not fresh:
        first = parts[0][0]
        joined = re.match(r"(?:、|和|与|以?及(?!时))|(?=其中|[（(][^）)]*$)", first)
        parts[0] = (first[joined.end() :] if joined else "", False)
    for text, label in reversed(parts):
        if text.strip() and not _BLANK.search(text):
            yield text.strip(), label


def noun_behind(after: str) -> str:
    """The noun that a count stands before: 14家处置单位的发案情况, 22次专项普查工作; '' where the count stands behind its noun.

    >>> noun_behind("处置单位的发案情况"), noun_behind("，其中"), noun_behind("以上的设备"), noun_behind("人员工资")
    ('处置单位', '', '', '人员')
    """
    if _NO_NOUN.match(after):
        return ""
    match = _TAIL.match(after)
    noun = re.sub("(?<=项目|指标|单位|部门)中$", "", _PAID.sub("", match["noun"])) if match else ""  # 5个项目中，…
    return "" if noun.endswith("费") else noun  # 手持终端140台通信服务费: fees are not counted
