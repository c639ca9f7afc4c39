"""Imported by the server from which a build forks its processes: what every one of them needs is loaded once, here."""

from __future__ import annotations

import gc

from kg import knowledge
from kg.audit import alone, rules
from kg.model import Address, Document, Identity, Paragraph, Run
from kg.prose import narrative
from kg.terms import Terms

_TEXT = "2024年支出决算1万元。"
_here = Document("空", "空.txt", "", (Paragraph(Address("空", line=1), _TEXT, (Run(0, 1, 0),)),), (_TEXT,))
narrative.read(_here, Identity("某市某局", 2024, "部门决算", ""), knowledge.load(), Terms(knowledge.load()))
rules.load(knowledge.load())
alone.prepared()
gc.freeze()  # nothing of this is ever garbage: the processes neither look through it nor copy it
