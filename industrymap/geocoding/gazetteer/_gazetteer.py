"""Every place an address can be matched with: divisions, zones, and whatever files and layers brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from industrymap.geocoding.gazetteer import _divisions, _places, _roads
from industrymap.geocoding.gazetteer._divisions import DivisionIndex
from industrymap.geocoding.gazetteer._places import PlaceTable
from industrymap.geocoding.gazetteer._roads import RoadNetwork
from industrymap.geocoding.gazetteer._spellings import SpellingIndex
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from industrymap.citypack import CityPack

__all__ = ["Gazetteer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What the city's places are called and where they are; made by :meth:`build`.

    Attributes
    ----------
    pack : CityPack
        Divisions, zones and the city's own names.
    spellings : SpellingIndex
        Finds the spellings in a text and says what each may mean.
    places : PlaceTable
        Every place finer than a town, by row: kind, name, codes, point and radius.
    roads : RoadNetwork
        Which of those places are pieces of one road, and the house numbers on them.
    divisions : DivisionIndex
        Names and areas of today's districts and towns, and what moved between them.

    Examples
    --------
    >>> import industrymap as im
    >>> from industrymap.geocoding import parse
    >>> gazetteer = im.Gazetteer.build(im.load_city("guangzhou"))
    >>> parse("广州市东山区农林街道", gazetteer).district_code  # 东山区 became part of 越秀区
    '440104'
    """

    pack: CityPack
    spellings: SpellingIndex = field(repr=False)
    places: PlaceTable = field(repr=False)
    roads: RoadNetwork = field(repr=False)
    divisions: DivisionIndex = field(repr=False)

    def __repr__(self) -> str:
        return f"<Gazetteer of {self.pack.name}: {counted(len(self.places.name), 'place')}>"

    @classmethod
    def build(
        cls,
        pack: CityPack,
        *,
        districts: gpd.GeoDataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
        layers: Mapping[str, gpd.GeoDataFrame] | None = None,
        extra: Iterable[pd.DataFrame] = (),
    ) -> Gazetteer:
        """Build a gazetteer from a city pack and whatever else is known.

        Parameters
        ----------
        pack : CityPack
            Divisions with their former names, zones.
        districts, towns : GeoDataFrame, optional
            Polygons with ``code`` and ``name`` (WGS 84): they give divisions a point and a radius, and other places their
            codes.
        layers : mapping of str to GeoDataFrame, optional
            Layers of the workspace whose named polygons are places too, by layer name.
        extra : iterable of DataFrame, optional
            Imported places (:data:`PLACE_COLUMNS`, with or without geometry).

        Returns
        -------
        gazetteer : Gazetteer
        """
        places = _places.gather(layers or {}, extra, pack)
        # Points and divisions first: roads are cut and numbered by them.
        places = _places.complete(places, pack, districts, towns)
        kind = places["kind"]
        network = _roads.network(
            places[kind == "road"],
            places[kind == "address"],
            pack,
            districts=districts,
            towns=towns,
        )
        # The network numbers its rows from 0; every other place follows them in one table.
        others = places[~kind.isin(["road", "address"])]
        table = pd.concat([network.pieces, others], ignore_index=True)
        # Former divisions too: addresses name what was valid when they were written.
        units = [*_divisions.divisions(pack), *_divisions.zones(pack.zones)]
        divisions = DivisionIndex.of(pack, units, districts=districts, towns=towns)
        return cls(
            pack=pack,
            spellings=SpellingIndex.of(pack, units, table, divisions),
            places=PlaceTable.of(table),
            roads=RoadNetwork.of(network, table),
            divisions=divisions,
        )

    def label_place(self, ordinal: int) -> str:
        """Return where a place lies and what it is called: ``黄埔区联和街道科学大道``."""
        places, names = self.places, self.divisions.names
        where = names.get(places.district[ordinal], "") + names.get(places.town[ordinal], "")
        return where + places.name[ordinal]
