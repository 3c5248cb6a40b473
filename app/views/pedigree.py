"""The pedigree as inline SVG: square male, circle female, diamond unknown, filled affected."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from data_layer.query.access import SampleInfo

SIZE, GAP, ROW = 15, 92, 30
WORDS = {"father": "Father", "mother": "Mother", "proband": "Proband", "sibling": "Sibling"}


def pedigree_svg(people: Sequence[SampleInfo]) -> Markup:
    """Draw parents above children, others beside them; each shape carries its sample's index."""
    if not people:
        return Markup("")
    named = {p.id for p in people}
    parents = [p for p in people if any(p.id in (c.father, c.mother) for c in people)]
    parents.sort(key=lambda p: (p.sex != "male", p.index))
    rest = [p for p in people if p not in parents]
    rows = [r for r in (parents, rest) if r]
    place: dict[str, tuple[float, float]] = {}
    width = max(len(r) for r in rows) * GAP
    for y, row in enumerate(rows):
        left = (width - len(row) * GAP) / 2
        for x, person in enumerate(row):
            place[person.id] = (left + x * GAP + GAP / 2, 10 + y * ROW)
    lines = [_family(c, place) for c in rest if c.father in named or c.mother in named]
    shapes = [_person(p, *place[p.id], below=len(rows) == 1 or p in parents) for p in people]
    height = 10 + (len(rows) - 1) * ROW + (28 if len(rows) == 1 else 14)
    words = ", ".join(f"{_label(p)} {p.sex} {p.affected}" for p in people)
    return Markup(
        '<svg class="pedigree" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="Pedigree: {words}"><g class="ped-lines">{lines}</g>{shapes}</svg>'
    ).format(
        w=round(width),
        h=round(height),
        words=words,
        lines=Markup("").join(lines),
        shapes=Markup("").join(shapes),
    )


def _label(person: SampleInfo) -> str:
    if person.is_tumour:
        return "Tumour"
    return WORDS.get(person.role or "", person.name or person.id)


def _family(child: SampleInfo, place: dict[str, tuple[float, float]]) -> Markup:
    x, y = place[child.id]
    ends = [place[p] for p in (child.father, child.mother) if p in place]
    if len(ends) == 1:
        path = f"M{ends[0][0]} {ends[0][1]}V{y - 16}H{x}V{y}"
    else:
        (ax, ay), (bx, _) = ends
        path = f"M{ax} {ay}H{bx}M{(ax + bx) / 2} {ay}V{y - 14}H{x}V{y}"
    return Markup('<path d="{}"/>').format(path)


def _person(person: SampleInfo, x: float, y: float, *, below: bool) -> Markup:
    half = SIZE / 2
    if person.sex == "female":
        shape = Markup('<circle cx="{}" cy="{}" r="{}"/>').format(x, y, half)
    elif person.sex == "male":
        shape = Markup('<rect x="{}" y="{}" width="{s}" height="{s}"/>').format(
            x - half, y - half, s=SIZE
        )
    else:
        path = f"M{x} {y - half - 1}L{x + half + 1} {y}L{x} {y + half + 1}L{x - half - 1} {y}Z"
        shape = Markup('<path d="{}"/>').format(path)
    mark = Markup("")
    if person.role == "proband":
        if below:
            path = f"M{x - half - 15} {y}H{x - half - 4}m-4 -3l4 3l-4 3"
        else:
            path = f"M{x - half - 11} {y + half + 7}L{x - half - 2} {y + half}m-5 0h5v5"
        mark = Markup('<path class="ped-arrow" d="{}"/>').format(path)
    spot = (x, y + half + 11, "middle") if below else (x + half + 5, y + 4, "start")
    return Markup(
        '<g class="ped-person ped-{affected}" data-sample="{index}"><title>{title}</title>{shape}'
        '{mark}<text x="{tx}" y="{ty}" text-anchor="{anchor}">{label}</text></g>'
    ).format(
        affected=escape(person.affected),
        index=person.index,
        title=f"{person.name or person.id}: {person.sex}, {person.affected}",
        shape=shape,
        mark=mark,
        tx=spot[0],
        ty=spot[1],
        anchor=spot[2],
        label=_label(person),
    )
