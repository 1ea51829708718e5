"""The shape of a line, read off its template: what modifies the subject, what the verb phrase is, and the marker."""
from __future__ import annotations

from typing import NamedTuple, Sequence

from empirics.question_formation.grammars import CorpusError

CLAUSES = ("clause, verb alone", "clause, subject gap filled", "clause, with object")


class Shape(NamedTuple):
    """subject: plain, preposition, or a kind of clause; phrase: intransitive, or the object's shape. Numbers: S, P (or None)."""

    subject: str
    phrase: str
    marker: str
    subject_number: str
    object_number: str | None


def _modifier(rest: Sequence[str]) -> tuple[str, int]:
    """What follows Det N, and how many words it takes."""
    kinds = [c.split("_")[0] if c[:3] in ("Aux", "N_S", "N_P") else c for c in rest]
    for name, pattern in (("preposition", "Prep Det N"), (CLAUSES[1], "Rel Det N Aux V_trans"),
                          (CLAUSES[0], "Rel Aux V_intrans"), (CLAUSES[2], "Rel Aux V_trans Det N")):
        words = pattern.split()
        if kinds[:len(words)] == words:
            return name, len(words)
    return "plain", 0


def shape(template: Sequence[str]) -> Shape:
    """Of a template `Det N_S ... Stop Decl|Quest`."""
    subject, used = _modifier(template[2:])
    verb = template[2 + used + 1:]                  # after the main auxiliary
    if template[0] != "Det" or template[-1] not in ("Decl", "Quest") or not verb or verb[0] not in ("V_intrans", "V_trans"):
        raise CorpusError(f"{' '.join(template)} has not the shape of a line")
    if verb[0] == "V_intrans":
        return Shape(subject, "intransitive", template[-1], template[1][-1], None)
    return Shape(subject, _modifier(verb[3:])[0], template[-1], template[1][-1], verb[2][-1])
