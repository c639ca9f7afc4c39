"""The documents of a bureau tell of the units below it: a question of the one may be answered by the figures of the other."""

from __future__ import annotations

from dataclasses import replace

from qa.answers import collect
from qa.answers.compose import Session
from qa.model import Question, Unit
from qa.understand import question as read


def instead(session: Session, question: Question) -> Question | None:
    """The question asked of the other: of the bureau, where only its documents tell of the unit named; of the one unit below that has the
    project named. None where there is no such other."""
    if len(question.units) != 1:
        return None
    unit = question.units[0]
    if not any(name == unit.name for name, _, _ in session.lexicon.cards):
        return _above(session, question, unit)
    named = {c.curie for m in question.projects for c in m.concepts if c.prefix == "prj"}
    below = [curie for curie in session.reader.index.below(unit.name) if curie != unit.curie] if named else []
    having = [curie for curie in below if any(c.curie in named for found in session.lexicon.names(curie).values() for c in found)]
    if len(having) != 1:
        return None
    other = Unit(having[0], having[0].partition(":")[2], ())
    return replace(question, units=(other,), notes=(*question.notes, f"按{unit.name}文件中的{other.name}理解"))


def _above(session: Session, question: Question, unit: Unit) -> Question | None:
    """The question of the unit whose documents tell of this one, its name read as part of what is asked: 某县图书馆免费开放项目."""
    owners = {card.unit for card in collect.telling(session, unit)}
    found = [u for u in session.lexicon.units() if u.name in owners]
    if len(found) != 1:
        return None
    asked = read.read(question.source, session.lexicon, below=False)
    if asked.missing_unit or asked.units not in ((), tuple(found)):
        return None
    return replace(asked, units=tuple(found), unit_choice=(), place=False, notes=(*asked.notes, f"按{found[0].name}文件中写明的理解"))
