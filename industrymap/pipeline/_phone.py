"""What a phone is shown of the last build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.errors import ConfigError
from industrymap.pipeline._outputs import layer
from industrymap.schemas import BLOCKS, DISTRICTS, ENTERPRISES, PARKS
from industrymap.webmap import MapLayer, MapModel, Meta, light

if TYPE_CHECKING:
    from industrymap.workspace import Workspace

__all__ = ["phone_model"]

_LAYERS = (DISTRICTS, BLOCKS, PARKS, ENTERPRISES)


def phone_model(space: Workspace) -> MapModel:
    """Return what a phone shows of the last build: districts, parks, blocks and totals, and no firm.

    Parameters
    ----------
    space : Workspace

    Examples
    --------
    >>> import industrymap as im
    >>> model = im.phone_model(im.load_workspace("."))  # doctest: +SKIP
    >>> im.IndustryMap(model).save("phone.html")  # doctest: +SKIP
    """
    layers = []
    for name in _LAYERS:
        record = schemas.layer(name)
        try:
            frame = layer(space, name)
        except ConfigError:
            # A workspace without parks or blocks has a page all the same.
            continue
        if record is not None:
            layers.append(
                MapLayer(record, frame.astype({"level": "string"}) if "level" in frame else frame)
            )
    # A page for phones is passed on from chat to chat: it must not hold a firm in the first place.
    return light(MapModel(layers=tuple(layers), meta=Meta(**space.imprint())))
