"""How alike two names are written: dropped characters, one wrong character, characters that sound alike."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    """Character to syllable without tone, for the 3755 commonest characters (data: pypinyin 0.55, MIT)."""
    found: dict[str, str] = {}
    for line in (Path(__file__).parent / "data" / "pinyin.txt").read_text("utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        found |= dict.fromkeys(characters, syllable)
    return found


def sound_alike(a: str, b: str) -> bool:
    """Whether two characters are said alike, tones aside.

    >>> sound_alike("据", "剧"), sound_alike("财", "数")
    (True, False)
    """
    sounds = _sounds()
    return a == b or (a in sounds and sounds.get(a) == sounds.get(b))


def _rare(char: str) -> bool:
    """Whether a character is none of the 3755 commonest."""
    return "\u4e00" <= char <= "\u9fff" and char not in _sounds()


def subsequence(short: str, long: str) -> bool:
    """Whether `short` is `long` with characters left out.

    >>> subsequence("天元区数字化指挥中心", "株洲市天元区城市管理数字化指挥中心")
    True
    """
    rest = iter(long)
    return all(c in rest for c in short)


def misspelt(short: str, long: str) -> int:
    """How many characters of `short` are wrong if it stands for `long` with characters left out; 9 where it does not.

    A character that sounds like the right one counts 1, and a rare one, which is hardly a word of its own; any other 2.

    >>> misspelt("数剧局", "数据局"), misspelt("数子化中心", "数字化指挥中心"), misspelt("财政局", "数据局"), misspelt("普佗区", "普陀区")
    (1, 1, 4, 1)
    """
    width = len(long)
    best = [0] * (width + 1)
    for char in short:
        row = [9] * (width + 1)
        for j in range(1, width + 1):
            right = long[j - 1]
            cost = 0 if char == right else 1 if sound_alike(char, right) or _rare(char) else 2
            row[j] = min(row[j - 1], best[j - 1] + cost)
        best = row
    return min(best[width], 9)


def swapped(a: str, b: str) -> bool:
    """Whether two names differ only in two neighbouring characters that changed places.

    >>> swapped("办督函", "督办函"), swapped("督办函", "督办函")
    (True, False)
    """
    wrong = [n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    return len(a) == len(b) and len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
