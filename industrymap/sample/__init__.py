"""The sample city: an invented place at a real city's scale, with dirty tables and the truth beside them.

:func:`generate` writes a complete workspace. The city itself (river, districts, towns, villages, main roads) never
changes; the seed decides what is in it, the scale how much.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files
from industrymap.errors import ConfigError
from industrymap.sample import (
    block_facts,
    bureau_figures,
    bureau_files,
    estates,
    firms,
    gazetteer_files,
    grading_files,
    hostile_rows,
    industries,
    park_facts,
    places,
    plan,
    polygon_files,
    quarters,
    renewal_file,
    rows,
    streets,
    surroundings,
    table_files,
    truth_files,
)
from industrymap.sample.workspace_file import CONFIG, MARK, workspace_text
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_SCALE", "generate"]

MAX_SCALE = 60.0
"""Beyond it a workbook would run out of rows."""


_STEPS = 8
"""How often a progress callback is called, the beginning not counted."""


def generate(
    folder: str | Path,
    *,
    seed: int = 2019,
    scale: float = 1.0,
    grading: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write the sample city as a workspace.

    Parameters
    ----------
    folder : path
        Made when missing. Files of an earlier sample are replaced, each at once; others stay.
    seed : int
        Chance: the same number gives the same bytes.
    scale : float
        1 for 690 blocks with 626.7 km², 2,705 village parks with 131.62 km² and about 24,000 raw rows of
        enterprises; less for a smaller sample; more adds enterprises only.
    grading : bool
        Also what offices send for a grading (parcels, floor let, energy, emissions, accounts), in ``grading_inputs/``, with its truth.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    counts : dict
        What was written → how many: rows by file, ``blocks``, ``firms``, ….

    Raises
    ------
    ConfigError
        The seed is negative, the scale is not in reach, or the folder holds a workspace of somebody's own.
    WriteFailedError
        A file could not be put in place.
    """
    root = Path(folder)
    _check(root, seed, scale)
    tell = progress or (lambda _done, _total: None)
    tell(0, _STEPS)
    layers, boundaries = root / "layers", root / "boundaries"

    # The ground first, then who is on it.
    ground = plan.draw()
    blocks = estates.lay_out(ground, seed=seed, scale=scale)
    tell(1, _STEPS)
    villages = streets.villages(ground)
    roads = streets.roads(ground, blocks)
    city = places.Map(
        plan=ground,
        estates=blocks,
        villages=villages,
        roads=roads,
        parcels=quarters.lay_out(ground, villages, blocks, seed=seed, scale=scale),
        buildings=places.put_buildings(ground, roads, seed=seed, scale=scale),
    )

    tell(2, _STEPS)

    # Then what is true of parks, blocks and firms.
    around = surroundings.surroundings(city.parcels, blocks)
    leads = industries.themes(city, seed).village_clusters
    parks = park_facts.choose(city.parcels, around, ground, leads=leads, seed=seed)
    lines = block_facts.choose_blocks(blocks, ground, seed=seed)
    land = block_facts.choose_districts(blocks, lines, ground, seed=seed)
    tell(3, _STEPS)
    people = firms.draw_firms(city, seed=seed, scale=scale)
    tell(4, _STEPS)

    # Last what the offices made of it.
    raw = rows.draw_rows(city, people, seed=seed)
    hostile_rows.plant(raw, seed)
    tell(5, _STEPS)
    counts = table_files.write_tables(layers, raw, people, seed=seed)
    used = {
        (row.address.spot.road, row.address.spot.number)
        for entries in raw.values()
        for row in entries
        if row.address and row.address.spot.road >= 0
    }
    counts |= gazetteer_files.write_gazetteer(layers, city, used, seed=seed)
    tell(6, _STEPS)
    polygon_files.write_parks(layers / f"{PARKS}.gpkg", city, parks, seed=seed)
    polygon_files.write_blocks(layers / "industrial_blocks.geojson", city, lines)
    zones = polygon_files.write_zones(layers / "value_innovation_parks.kml", city, seed=seed)
    units = renewal_file.write_renewal_units(layers / renewal_file.NAME, city, seed=seed)
    polygon_files.write_boundaries(boundaries, city, land)
    tell(7, _STEPS)
    known = truth_files.Everything(
        city=city, firms=people, rows=raw, parks=parks, around=around, blocks=lines, land=land
    )
    truth_files.write_truth(root / "truth", known)
    course = bureau_figures.draw(ground, people, seed=seed)
    bulletins = bureau_files.write_bureaus(root / bureau_files.FOLDER, root / "truth", course)
    if grading:
        sent = grading_files.write_grading(
            root / grading_files.FOLDER, root / "truth", people, seed=seed
        )
        counts |= {"grading_inputs": sent}
    files.write_text(root / CONFIG, workspace_text(grading=grading))
    files.make_folder(root / "outputs")
    tell(_STEPS, _STEPS)
    return counts | {
        "districts": len(ground.districts),
        "towns": len(ground.towns),
        "blocks": len(blocks.blocks),
        PARKS: len(city.parcels),
        "value_innovation_parks": zones,
        "renewal_units": units,
        "firms": len(people),
        "bulletins": bulletins,
        "raw_rows": sum(len(entries) for entries in raw.values()),
    }


def _check(root: Path, seed: int, scale: float) -> None:
    config = root / CONFIG
    if config.is_file():
        # Only its first line tells an earlier sample from a workspace of somebody's own, which is
        # never written over.
        first, _, _ = files.read_text(files.check(config, allow=("toml",))).partition("\n")
        if first.strip() != MARK:
            raise ConfigError(
                f"{root} holds another workspace: its {CONFIG} and layers stay as they are. Name an empty folder.",
                f"{root} 已有其他工作区：其 {CONFIG} 与图层保持不变。请换一个空文件夹。",
            )
    if seed < 0:
        raise ConfigError(
            f"seed = {seed}: expected 0 or more.", f"seed = {seed}：应为 0 或更大的整数。"
        )
    if not 0 < scale <= MAX_SCALE:
        raise ConfigError(
            f"scale = {scale}: expected more than 0 and at most {MAX_SCALE:g}.",
            f"scale = {scale}：应大于 0 且不超过 {MAX_SCALE:g}。",
        )
