"""What on a web page is the document, and what the site has put around it: navigation, place on the site, dates, footer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.readers.dom import Node

SILENT = frozenset(re.findall(r"\w+", "script style noscript template head select textarea svg object iframe button xml"))
_BLOCKS = frozenset({"div", "ul", "ol", "dl", "table", "td", "header", "section", "p"})
_AROUND = frozenset({"nav", "footer", "aside"})
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navs|navbar|navi|navigation|menu|topbar|breadcrumbs?|crumbs?|foot|footer|copyright|share|sharebox|bdshare\w*|toolbar|sidebar|"
    r"side|friend-?links?|related|recommend|pager|pagination|location|position|weizhi|dangqian)(?:$|[\s_-])",
    re.I,
)
_LABELS = (
    "发布时间|发布日期|发文日期|成文日期|公开日期|更新时间|生成日期|来源|信息来源|文章来源|稿源|责任编辑|责编|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|点击数|点击率|点击|访问量|"
    "字体|字号|字体大小|打印本页|打印|关闭窗口|关闭|收藏|分享到|分享|主办单位|主办|承办单位|承办|协办|技术支持|网站标识码|版权所有|索引号|信息索引号|主题分类|"
    "上一篇|下一篇|上一条|下一条|扫一扫|您?(?:当前|现在)?(?:所在)?的?位置(?:是)?|您现在的位置"
)
_LINE = re.compile(
    rf"^[【\[\s|]*(?:{_LABELS})[】\]]?\s*[:：]|^今天是|ICP[备证]|公网安备|网站标识码|版权所有|^(?:首页|网站首页)\s*[>»›|]|建议使用.*浏览器"
)
_TOOLS = re.compile(
    r"^(?:[【\[（(]?\s*(?:大|中|小|打印(?:本页)?|关闭(?:窗口|本页)?|收藏|返回(?:顶部|首页)?|分享|字体|字号|首页)\s*[】\]）)]?[\s|：:]*)+$"
)
_MONEY = re.compile(r"\d\s*[万亿]?元")
_SHORT = 120  # characters; a longer line is prose, whatever it begins with
_LINKED = 0.6  # of the text of a block that are links: a list of links
_SHARE = 0.2  # of the text of a page that what is around the document may be


@dataclass(frozen=True, slots=True)
class Size:
    """How many characters of text an element has, how many of them are links, and how many links."""

    characters: int = 0
    linked: int = 0
    links: int = 0


@dataclass
class Article:
    """A page's own text: which elements are around it, and the lines of them (for the document's notes)."""

    sizes: dict[Node, Size] = field(default_factory=dict)
    total: int = 0
    dropped: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, root: Node) -> Article:
        """Measure a page."""
        page = cls()
        page.total = page._measure(root).characters
        return page

    def _measure(self, node: Node) -> Size:
        own = sum(len(re.sub(r"\s", "", child)) for child in node.children if isinstance(child, str))
        parts = [self._measure(child) for child in node.elements() if not hidden(child)]
        characters = own + sum(p.characters for p in parts)
        link = node.tag == "a" and bool(node.get("href"))
        size = Size(characters, characters if link else sum(p.linked for p in parts), link + sum(p.links for p in parts))
        self.sizes[node] = size
        return size

    def around(self, node: Node) -> bool:
        """Whether an element is of the site and not of the document; its first words are kept in mind."""
        size = self.sizes.get(node, Size())
        lists = node.tag in _BLOCKS and size.links >= 3 and size.linked >= _LINKED * size.characters
        named = node.tag in _BLOCKS and bool(_NAMES.search(node.get("class")) or _NAMES.search(node.get("id")))
        if not (lists or named or node.tag in _AROUND) or not size.characters:
            return False
        if size.characters > max(_SHARE * self.total, _SHORT) and node.tag not in ("nav", "footer"):
            return False  # too much of the page to be thrown away for its looks
        words = re.sub(r"\s+", " ", text(node)).strip()
        if named and not lists and _MONEY.search(words):
            return False
        self.dropped.append(words[:20])
        return True

    def line(self, words: str) -> bool:
        """Whether a line of text is of the site: 发布时间：…, 来源：…, 当前位置：…"""
        bare = re.sub(r"\s+", " ", words).strip()
        if len(bare) > _SHORT or _MONEY.search(bare) or not (_LINE.search(bare) or _TOOLS.match(bare)):
            return False
        self.dropped.append(bare[:20])
        return True

    def notes(self) -> tuple[str, ...]:
        """What the reading report says of the lines left out."""
        if not self.dropped:
            return ()
        return (f"网页上的导航、位置、日期、页脚等 {len(self.dropped)} 处未当作正文（{'；'.join(self.dropped[:3])}……）。",)


def hidden(node: Node) -> bool:
    """Whether an element is not shown."""
    style = re.sub(r"\s", "", node.get("style")).lower()
    return node.tag in SILENT or "hidden" in node.attributes or bool(re.search(r"display:none|visibility:hidden|mso-hide:all", style))


def text(node: Node) -> str:
    """All text of an element that is shown."""
    return "".join(child if isinstance(child, str) else "" if hidden(child) else text(child) for child in node.children)


def title(root: Node) -> str:
    """What the page says its document is called: ArticleTitle of government sites, else the first part of <title>; '' for neither."""
    for node in root.below():
        if node.tag == "meta" and node.get("name").lower() == "articletitle" and node.get("content").strip():
            return node.get("content").strip()
    named = next((node for node in root.below() if node.tag == "title"), None)
    parts = re.split(r"\s*[_|]\s*|\s+[-–—]\s+|——", "".join(c for c in named.children if isinstance(c, str))) if named else [""]
    return re.sub(r"\s+", " ", parts[0]).strip()
