"""The corners of the route rule: for each route, a park's figures that lead to it under any sensible reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.sample._random import pick

if TYPE_CHECKING:
    from industrymap.sample.surroundings import Place

__all__ = ["DRAW", "ParkFacts"]

_OTHER_USES = ("residential", "commercial", "green", "public", "other")


@dataclass(slots=True, kw_only=True)
class ParkFacts:
    """One park's true values by schema field, and what follows from them.

    Attributes
    ----------
    values : dict
        Schema field → value; ``None`` where the park's file leaves it blank.
    route : str
        The route these values lead to.
    missing : tuple of str
        Inputs that an undetermined park lacks.
    case : str
        Which corner of the rule the park was drawn for.
    pilots : dict
        Year of the rule → ``(eligible or None, failing criteria, missing inputs)``.
    """

    values: dict[str, Any] = field(default_factory=dict)
    route: str = ""
    missing: tuple[str, ...] = ()
    case: str = "plain"
    pilots: dict[int, tuple[bool | None, tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict
    )


def _close(facts: ParkFacts, place: Place, rng: np.random.Generator) -> None:
    """Draw backward capacity, or no conformity with few papers and a serious hazard."""
    _any_industry(facts, rng)
    if rng.random() < 0.28:
        facts.values["listed_backward"] = True
        facts.case = "backward"
        return
    facts.values["plan_conform"] = False
    facts.values["legal_paper_share"] = round(float(rng.uniform(0, 0.29)), 2)
    facts.case = "papers"
    if rng.random() < 0.12:
        facts.values["legal_paper_share"] = 0.29
        facts.case = "papers_just_below"
    facts.values |= _hazard(rng)
    if place.outside and rng.random() < 0.4:
        facts.values["planned_use"] = pick(rng, _OTHER_USES)


def _hazard(rng: np.random.Generator) -> dict[str, str]:
    if rng.random() < 0.5:
        return {"fire_hazard": "major"}
    return {"environment_status": "serious"}


def _convert(facts: ParkFacts, _: Place, rng: np.random.Generator) -> None:
    """Draw a planned use that is neither industry nor storage, outside every block."""
    _any_industry(facts, rng)
    facts.values["planned_use"] = pick(rng, _OTHER_USES)
    facts.case = "use"
    if rng.random() < 0.35:
        facts.values["plan_conform"] = False
        facts.values["legal_paper_share"] = round(float(rng.uniform(0.3, 0.9)), 2)
        facts.values["environment_status"] = pick(rng, ("good", "minor", "serious"))
        facts.case = "papers_enough"
    if rng.random() < 0.08:
        facts.values["plan_conform"] = False
        facts.values["legal_paper_share"] = 0.3
        facts.values["fire_hazard"] = "major"
        facts.case = "papers_at_threshold"


def _merge(facts: ParkFacts, place: Place, rng: np.random.Generator) -> None:
    """Leave land and distance to decide: both are as the ground has them."""
    _any_industry(facts, rng)
    facts.case = "land_at_threshold" if place.mu > 9.5 else "land"
    if place.well_inside and rng.random() < 0.15:
        facts.values["planned_use"] = pick(rng, _OTHER_USES)


def _upgrade(facts: ParkFacts, place: Place, rng: np.random.Generator) -> None:
    """Draw at least one of: low FAR, low output, low tax, a hazard."""
    reasons = ("far", "output", "tax", "hazard")
    chosen = [reason for reason in reasons if rng.random() < 0.5] or [pick(rng, reasons)]
    facts.case = "+".join(chosen)
    if "far" in chosen:
        low = round(float(np.clip(rng.lognormal(np.log(0.55), 0.3), 0.12, 0.83)), 2)
        facts.values["far"] = low
        if rng.random() < 0.10:
            facts.values["far"] = 0.84
            facts.case += "_just_below"
    if "output" in chosen:
        facts.values["output_per_floor"] = float(
            np.clip(rng.lognormal(np.log(2600), 0.55), 150, 4900)
        )
        if rng.random() < 0.10:
            facts.values["output_per_floor"] = 4996.0
            facts.case += "_just_below"
    if "tax" in chosen:
        facts.values["tax_per_mu"] = float(np.clip(rng.lognormal(np.log(2.2), 0.6), 0.05, 4.85))
    if "hazard" in chosen:
        facts.values |= _hazard(rng)
    elif rng.random() < 0.4:
        facts.values["fire_hazard"] = "minor"
    if place.well_inside and rng.random() < 0.3:
        facts.values["planned_use"] = pick(rng, (*_OTHER_USES, "storage"))
        facts.case += "_in_block"
    if rng.random() < 0.2:
        facts.values["plan_conform"] = False
        facts.values["legal_paper_share"] = round(float(rng.uniform(0.31, 0.9)), 2)


def _keep(facts: ParkFacts, _: Place, rng: np.random.Generator) -> None:
    """Leave everything sound; some at the thresholds, some planned for storage."""
    facts.case = "sound"
    if rng.random() < 0.2:
        facts.values["planned_use"] = "storage"
        facts.case = "storage"
    if rng.random() < 0.10:
        facts.values["far"] = 0.85
        facts.case = "far_at_threshold"
    if rng.random() < 0.10:
        facts.values["output_per_floor"] = 5000.0
        facts.case = "output_at_threshold"
    if rng.random() < 0.10:
        facts.values["tax_per_mu"] = 5.05
        facts.case = "tax_just_above"


def _undetermined(facts: ParkFacts, place: Place, rng: np.random.Generator) -> None:
    """Take away the one input on which the answer hangs."""
    lacking = pick(rng, ("papers", "conformity", "use", "output", "hazard", "floor"))
    values = facts.values
    facts.case = lacking
    if lacking == "papers":
        values |= {"plan_conform": False, "legal_paper_share": None, "fire_hazard": "major"}
        facts.missing = ("legal_paper_share",)
    elif lacking == "conformity":
        values |= {"plan_conform": None, "legal_paper_share": 0.1, "environment_status": "serious"}
        facts.missing = ("plan_conform",)
    elif lacking == "hazard":
        values |= {"plan_conform": False, "legal_paper_share": 0.12}
        values |= {"fire_hazard": None, "environment_status": "good"}
        facts.missing = ("fire_hazard",)
    elif lacking == "use" and place.outside:
        values["planned_use"] = None
        facts.missing = ("planned_use",)
    elif lacking == "floor":
        values |= {"far": None, "floor_unknown": True}
        facts.missing = ("floor_area_m2",)
    else:
        facts.case = "output"
        values["output_per_floor"] = None
        facts.missing = ("output_10k_cny",)
    if place.small and place.merges and facts.missing[0] in ("floor_area_m2", "output_10k_cny"):
        # A small park with a neighbour merges before output is asked for: take the papers instead.
        values |= {"plan_conform": False, "legal_paper_share": None, "fire_hazard": "major"}
        facts.missing, facts.case = ("legal_paper_share",), "papers"


def _any_industry(facts: ParkFacts, rng: np.random.Generator) -> None:
    """Draw figures that no longer matter from the whole range."""
    facts.values["far"] = round(float(np.clip(rng.lognormal(np.log(0.7), 0.4), 0.1, 3.0)), 2)
    facts.values["output_per_floor"] = float(np.clip(rng.lognormal(np.log(3200), 0.8), 100, 40_000))
    facts.values["tax_per_mu"] = float(np.clip(rng.lognormal(np.log(3.5), 0.8), 0.02, 60))


DRAW = {
    "close": _close,
    "convert": _convert,
    "merge_relocate": _merge,
    "upgrade": _upgrade,
    "keep": _keep,
    "undetermined": _undetermined,
}
"""Route → what draws its figures."""
