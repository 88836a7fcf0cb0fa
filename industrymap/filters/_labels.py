"""Labels as people read them: those of several words or with brackets are one word of a filter, and a short one means what is shown."""

from __future__ import annotations

from industrymap import schemas

__all__ = ["FIELD", "VALUE", "key", "labels", "meanings"]

FIELD, VALUE = "field", "value"

_WIDE = str.maketrans("（）", "()")


def key(word: str) -> str:
    """Return a name as names are compared: neither case nor spaces nor the width of brackets tell one from another."""
    return "".join(word.lower().split()).translate(_WIDE)


def meanings(layer: str) -> dict[str, str]:
    """Return short words and the column each means because it is the one that lists, tiles and tables show.

    The heading 用地面积 of somebody's table is read as the reported area; a person who asks the map for 用地面积 means the area she sees
    there, which is drawn. The same holds for what else the reported area may be called (面积, 占地面积).
    """
    if layer not in schemas.names():
        return {}
    fields = schemas.fields(layer)
    short = {f.name: _short(f.zh) for f in fields}
    found: dict[str, str] = {}
    for shown in schemas.shown(layer):
        # Only numbers: two texts under one short label differ in what they say, not in how they
        # were measured.
        twins = [f for f in fields if f.dtype in ("float", "int") and f.name != shown.field]
        same = [f for f in twins if short[f.name] == short[shown.field]]
        words = [shown.zh, shown.en, short[shown.field], *(a for f in same for a in f.aliases)]
        for word in words:
            if word:
                found.setdefault(word, shown.field)
    return found


def _short(label: str) -> str:
    return label.split("（", maxsplit=1)[0]


def labels() -> dict[str, str]:
    """Return every label of a field or value of what is in force, and which of the two it names."""
    texts: dict[str, str] = {}
    for layer in schemas.names():
        for f in schemas.fields(layer):
            for v in schemas.values(f.name):
                texts.update(dict.fromkeys((v.value, v.zh, v.en), VALUE))
    # Fields last: a word that is both asks for the field, as a name in brackets does.
    for layer in schemas.names():
        for f in schemas.fields(layer):
            texts.update(dict.fromkeys((f.zh, f.en), FIELD))
        texts.update(dict.fromkeys(meanings(layer), FIELD))
    return texts
