"""The words of the filter language as plain data, for a reader written in another language: the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.filters import _bind, _labels, _parse, _relations, _text, _tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["vocabulary"]


def vocabulary(layers: Iterable[str]) -> dict[str, Any]:
    """Return every table the language is made of, and the names, units and values of some layers.

    Parameters
    ----------
    layers : iterable of str
        Layers of the schema.

    Returns
    -------
    vocabulary : dict
        Plain dicts, lists, numbers and texts. ``fields`` holds ``[name, dtype, unit, zh, en, aliases]`` by layer,
        ``values`` holds ``[value, zh, en]`` by coded column.

    Examples
    --------
    >>> words = vocabulary([schemas.PARKS])
    >>> words["keywords"]["不小于"], words["values"]["route"][0][1]
    ('>=', '淘汰关停')
    """
    fields = {layer: schemas.fields(layer) for layer in layers}
    related = _relations.relations()
    coded = {f.name for known in fields.values() for f in known if schemas.values(f.name)}
    return {
        "limits": {
            "chars": _tokens.MAX_CHARS,
            "tokens": _tokens.MAX_TOKENS,
            "depth": _parse.MAX_DEPTH,
        },
        "keywords": _tokens.KEYWORDS,
        "alone": _tokens.ALONE,
        "signs": _tokens.SIGNS,
        "quotes": _tokens.QUOTES,
        "names": _tokens.NAMES,
        "units": _tokens.UNITS,
        "unit_words": _text.UNIT_WORDS,
        "functions": _parse.FUNCTIONS,
        # Everything the Python reader knows: the page's own reader has no word that is not in here.
        "relations": {name: list(words) for name, words in related.items()},
        "counts": list(_parse.COUNT),
        "layer_of": {name: _relations.schema_of(name) for name in related},
        "factors": _bind.FACTORS,
        "truths": _bind.TRUTHS,
        "fallback": _relations.FALLBACK,
        "keys": {layer: list(pair) for layer, pair in _relations.keys().items()},
        "fields": {
            layer: [[f.name, f.dtype, f.unit, f.zh, f.en, list(f.aliases)] for f in known]
            for layer, known in fields.items()
        },
        "meant": {layer: _labels.meanings(layer) for layer in fields},
        "values": {
            name: [[v.value, v.zh, v.en] for v in schemas.values(name)] for name in sorted(coded)
        },
    }
