"""The only builder of IRIs: address to IRI to web path, both ways.

Names are readable and a function of content. Local names hold word characters and '-' only: dots, slashes and quotes
in them break SPARQL parsers.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from kg.model import Address

BASE = "https://chazhang.example/"

#: Prefixes known to every query (`chazhang sparql`), and the namespaces of the graph.
PREFIXES: dict[str, str] = {
    "f": BASE + "ns#",
    **{
        name: f"{BASE}{name}/"
        for name in (
            "doc",
            "at",
            "unit",
            "prj",
            "func",
            "econ",
            "govecon",
            "ind",
            "item",
            "kind",
            "head",
            "ph",
            "fl",
            "fund",
            "sp",
            "me",
            "mu",
            "form",
            "g",
            "check",
        )
    },
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "qb": "http://purl.org/linked-data/cube#",
    "oa": "http://www.w3.org/ns/oa#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "sh": "http://www.w3.org/ns/shacl#",
}

_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_PLACE = re.compile(
    r"(?P<document>.+)-(?:p(?P<page>\d+))?(?:L(?P<line>\d+)(?:to(?P<line_end>\d+))?)?(?:t(?P<table>\d+))?"
    r"(?:r(?P<row>\d+))?(?:c(?P<column>\d+))?(?:o(?P<start>\d+)e(?P<end>\d+))?"
)


def slug(name: str) -> str:
    """A local name that is safe in Turtle and SPARQL: NFKC, no white space, word characters and '-' only.

    >>> slug("“三公”经费 (合计)")
    '三公经费合计'
    """
    return re.sub(r"[^\w-]", "", unicodedata.normalize("NFKC", name))


def expand(curie: str) -> str:
    """The full IRI of a CURIE with one of the known prefixes.

    >>> expand("func:2010302")
    'https://chazhang.example/func/2010302'
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def shrink(iri: str) -> str:
    """The CURIE of an IRI of ours, or the IRI itself.

    >>> shrink("https://chazhang.example/func/2010302")
    'func:2010302'
    """
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    if prefix := _NAMESPACES.get(iri[:cut], ""):
        return f"{prefix}:{iri[cut:]}"
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def local(address: Address) -> str:
    """The local name of an address, which is also the citation id that `chazhang show` takes.

    >>> local(Address("某局-2024", line=137, column=5))
    '某局-2024-L137c5'
    >>> local(Address("某局-2024", page=12, table=1, row=7, column=4))
    '某局-2024-p12t1r7c4'
    """
    parts = [
        f"p{address.page}" if address.page is not None else "",
        f"L{address.line}" if address.line is not None else "",
        f"to{address.line_end}" if address.line_end not in (None, address.line) else "",
        f"t{address.table}" if address.table is not None and address.line is None else "",
        f"r{address.row}" if address.row is not None and address.line is None else "",
        f"c{address.column}" if address.column is not None else "",
        f"o{address.start}e{address.end}" if address.start is not None else "",
    ]
    return f"{address.document}-{''.join(parts)}"


def address(name: str) -> Address:
    """The address that a local name (citation id) stands for; the inverse of `local`.

    Raises ValueError where the name is no citation id.

    >>> address("某局-2024-L330o46e50").start
    46
    """
    match = _PLACE.fullmatch(name)
    if match is None:
        raise ValueError(name)
    groups = match.groupdict()
    document = groups.pop("document")
    numbers = {k: int(v) for k, v in groups.items() if v is not None}
    if not numbers:
        raise ValueError(name)
    if "line" in numbers:
        numbers.setdefault("line_end", numbers["line"])
    return Address(document, **numbers)


def digest(*parts: object) -> str:
    """Twelve hex digits that stand for the parts: the name of a series."""
    return hashlib.sha1("¦".join(str(p) for p in parts).encode()).hexdigest()[:12]
