"""How is a drawing written down? SVG elements as text, every datum escaped, and how wide a text will stand."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

SIZE = 12.0  # px, the text of every chart in the units of its viewBox
LINE = 16.0  # px, from one line of text to the next
_NARROW = frozenset("iljtfrI.,:;'’|!()[]/ -\xa0·")
_WIDE = frozenset("mwMW%@—…")


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """One element. Children and attributes that aren't markup are escaped; an attribute that is None is left out.

    `class_` is class, and `_` in a name is `-`. Numbers keep one decimal: a tenth of a pixel is fine enough.

    >>> element("text", "<b>", x=1.25, class_="soft")
    Markup('<text x="1.2" class="soft">&lt;b&gt;</text>')
    """
    pairs = [(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None]
    properties = "".join(f' {key}="{escape(_plain(value))}"' for key, value in pairs)
    inside = "".join(escape(child) for child in children)
    return Markup(f"<{tag}{properties}>{inside}</{tag}>" if inside else f"<{tag}{properties}/>")


def _plain(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def text(words: object, x: float, y: float, *, at: str = "start", tone: str = "", full: str = "") -> Markup:
    """A line of text on its baseline. at: start, middle or end of it stands at x. full: shown on hover."""
    hover = element("title", full) if full and full != str(words) else ""
    anchor = None if at == "start" else at
    return element("text", hover, words, x=x, y=y, text_anchor=anchor, class_=tone or None)


def line(x1: float, y1: float, x2: float, y2: float, tone: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=tone)


def box(x: float, y: float, width: float, height: float, tone: str, *, hover: str = "", round_: float = 0) -> Markup:
    """A rectangle, with what it says on hover."""
    title = element("title", hover) if hover else ""
    return element("rect", title, x=x, y=y, width=width, height=height, rx=round_ or None, class_=tone)


def path(points: Iterable[tuple[float, float]], tone: str, hover: str = "", *, closed: bool = False) -> Markup:
    """A line through points, or the area they enclose."""
    drawn = "L".join(f"{_plain(float(x))},{_plain(float(y))}" for x, y in points)
    return element("path", element("title", hover) if hover else "", d=f"M{drawn}{'Z' if closed else ''}", class_=tone)


def circle(x: float, y: float, radius: float, tone: str, hover: str = "") -> Markup:
    """A dot, with what it says on hover."""
    return element("circle", element("title", hover) if hover else "", cx=x, cy=y, r=radius, class_=tone)


def drawing(
    title: str, desc: str, width: float, height: float, *marks: Iterable[Markup] | Markup, tone: str = ""
) -> Markup:
    """The whole drawing: an image with a name and a description, as wide as its place allows."""
    inside = [mark for group in marks for mark in ([group] if isinstance(group, Markup) else group)]
    named = [element("title", title), *([element("desc", desc)] if desc else [])]
    box_ = f"0 0 {_plain(width)} {_plain(height)}"
    return element(
        "svg", *named, *inside, viewBox=box_, width=float(width), height=float(height), role="img",
        class_=f"f-chart {tone}".strip(), xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def blank(title: str, empty: str, width: float, height: float) -> Markup:
    """A drawing of nothing, which says so."""
    return drawing(
        title, empty, width, height,
        box(0.5, 0.5, width - 1, height - 1, "blank", round_=6),
        (text(words, width / 2, height / 2 + index * LINE, at="middle", tone="soft")
         for index, words in enumerate(wrapped(empty, width - 24))),
    )  # fmt: skip


def width_of(words: str, size: float = SIZE) -> float:
    """About how wide a text stands, in px, in the sans-serif of any machine: a little too much rather than too little.

    >>> width_of("ill") < width_of("mww")
    True
    """
    ems = (0.33 if c in _NARROW else 0.9 if c in _WIDE else 0.7 if c.isupper() else 0.58 for c in words)
    return sum(ems) * size


def shortened(words: str, room: float) -> str:
    """The text, or as much of it as has room, ending in an ellipsis.

    >>> shortened("debt consolidation", 60), shortened("car", 60)
    ('debt co…', 'car')
    """
    if width_of(words) <= room:
        return words
    fitting = words
    while fitting and width_of(f"{fitting}…") > room:
        fitting = fitting[:-1]
    return f"{fitting.rstrip()}…"


def wrapped(words: str, room: float) -> list[str]:
    """The text in lines that have room; a word that has none is shortened.

    >>> wrapped("no application is labelled", 90)
    ['no application', 'is labelled']
    """
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(shortened(word, room))
    return lines
