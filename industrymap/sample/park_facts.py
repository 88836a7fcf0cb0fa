"""What is known of every village park: its route and its pilot status are chosen first, figures follow.

The rules are those of the published proposal, tested in order: close, convert, merge_relocate, upgrade, keep.
Figures are drawn so that the chosen route holds under any sensible reading: a park of non-industrial planned use
lies either wholly outside every block or (nearly) wholly inside one; one below 10 mu has its neighbour either
clearly within 500 m or clearly not. A named share of parks sits right at a threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.sample._random import pick, stream
from industrymap.sample.park_routes import DRAW, ParkFacts
from industrymap.sample.pilot_facts import pilot_truth
from industrymap.sample.surroundings import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.sample.plan import Plan
    from industrymap.sample.quarters import Parcel
    from industrymap.sample.surroundings import Surroundings

__all__ = ["choose"]

_ROUTES = {"close": 0.14, "convert": 0.16, "upgrade": 0.42, "keep": 0.13, "undetermined": 0.15}


def choose(
    parcels: tuple[Parcel, ...],
    around: Surroundings,
    plan: Plan,
    *,
    leads: Sequence[str],
    seed: int,
) -> list[ParkFacts]:
    """Choose every park's route and draw figures that lead to it.

    Parameters
    ----------
    parcels : tuple of Parcel
        The parks.
    around : Surroundings
        What lies around them.
    plan : Plan
        The city.
    leads : sequence of str
        Leading cluster by village.
    seed : int
        Chance.

    Returns
    -------
    facts : list of ParkFacts
        In the order of ``parcels``.
    """
    rng = stream(seed, "park facts")
    facts = []
    for number, parcel in enumerate(parcels):
        remoteness = plan.towns[parcel.town].remoteness
        place = Place(
            area_m2=float(around.area_m2[number]),
            in_blocks=float(around.in_blocks[number]),
            nearest_m=float(around.nearest_m[number]),
            nearest_any_m=float(around.nearest_any_m[number]),
            ring=1 if remoteness < 10_500 else 2 if remoteness < 26_000 else 3,
        )
        facts.append(_park(place, rng))
        facts[-1].values["lead"] = leads[parcel.village]
    return facts


def _park(place: Place, rng: np.random.Generator) -> ParkFacts:
    facts = ParkFacts()
    facts.values = _plain(place, rng)
    route = str(rng.choice(list(_ROUTES), p=list(_ROUTES.values())))
    # Where readings of the rule could differ, a route that does not ask for land or distance is
    # drawn.
    ambiguous = place.small is None or (place.small and place.merges is None)
    if ambiguous:
        route = "convert" if route == "convert" and place.outside else "close"
    elif route == "convert" and not place.outside:
        route = "upgrade"
    if not ambiguous and place.small and place.merges and route in ("upgrade", "keep"):
        route = "merge_relocate"
    DRAW[route](facts, place, rng)
    facts.route = route
    _fill_figures(facts, place)
    _reported(facts, place, rng)
    facts.pilots = pilot_truth(facts.values)
    return facts


def _plain(place: Place, rng: np.random.Generator) -> dict[str, Any]:
    """Draw figures under which every rule but keep is off: conforming, industrial, productive, safe."""
    far = round(float(np.clip(rng.lognormal(np.log(1.35), 0.35), 0.87, 3.8)), 2)
    per_floor = float(np.clip(rng.lognormal(np.log(7800), 0.45), 5050, 60_000))
    return {
        "plan_conform": True,
        "legal_paper_share": round(float(rng.uniform(0.32, 1.0)), 2),
        "environment_status": "good",
        "fire_hazard": "none",
        "listed_backward": False,
        "planned_use": "industry",
        "far": far,
        "output_per_floor": per_floor,
        "tax_per_mu": max(5.3, float(rng.lognormal(np.log(11), 0.5))),
        "ring": place.ring,
        **_about(place, rng),
        **_tenure(rng),
        **_works(place, rng),
        "output_firms_basis": str(
            rng.choice(["registered_and_working", "all", "unknown"], p=[0.72, 0.16, 0.12])
        ),
    }


def _tenure(rng: np.random.Generator) -> dict[str, Any]:
    years = (
        float(rng.choice([4.9, 5.0, 5.1]))
        if rng.random() < 0.08
        else round(float(rng.uniform(0.5, 38)), 1)
    )
    return {
        "tenure_clear": _maybe(rng, 0.66, blank=0.07),
        "tenure_years_left": None if rng.random() < 0.06 else years,
        "in_reserve_plan": _maybe(rng, 0.10, blank=0.04),
        "in_renewal_plan": _maybe(rng, 0.12, blank=0.04),
        "road_conflict": _maybe(rng, 0.11, blank=0.04),
    }


def _about(place: Place, rng: np.random.Generator) -> dict[str, Any]:
    """Draw what no rule asks for."""
    status = str(
        rng.choice(
            ["none", "planned", "approved", "under_way", "done"], p=[0.66, 0.14, 0.07, 0.08, 0.05]
        )
    )
    planned = None if status == "none" else int(rng.integers(2019, 2028))
    firms = int(np.clip(round(place.mu / 6 * float(rng.lognormal(0, 0.6))), 1, 240))
    return {
        "ownership": str(
            rng.choice(
                ["collective", "state_collective_use", "state", "mixed"], p=[0.78, 0.11, 0.05, 0.06]
            )
        ),
        "floors": round(float(np.clip(rng.lognormal(np.log(2.4), 0.4), 1, 9)), 1),
        "rent_yuan_m2_month": round(float(np.clip(rng.lognormal(np.log(14), 0.35), 3, 60)), 1),
        "sublet_share": round(float(rng.beta(2, 3)), 2) if rng.random() < 0.8 else None,
        "firms_reported": firms,
        "above_scale_reported": int(rng.binomial(firms, 0.12)),
        "project_status": status,
        "stage": str(rng.choice(["listed", "scope", "approved"], p=[0.8, 0.15, 0.05])),
        "year_planned": planned,
        "year_done": min(2025, (planned or 2024) + 1) if status == "done" else None,
        "investment_10k_cny": None
        if planned is None
        else float(
            round(
                place.mu
                * float(rng.uniform(60, 260) if rng.random() < 0.93 else rng.uniform(300, 700))
            )
        ),
        "updated_on": f"{int(rng.choice([2023, 2024, 2025], p=[0.1, 0.3, 0.6]))}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}",
    }


def _works(place: Place, rng: np.random.Generator) -> dict[str, Any]:
    if rng.random() < 0.10:
        return {"floor_area_planned_m2": None}
    if rng.random() < 0.12:
        exact = (9_999, 10_000, 10_001, 19_999, 20_000, 20_001)
        return {"floor_area_planned_m2": float(pick(rng, exact))}
    return {"floor_area_planned_m2": float(round(place.area_m2 * rng.uniform(1.2, 3.2), -1))}


def _maybe(rng: np.random.Generator, yes: float, *, blank: float) -> bool | None:
    return None if rng.random() < blank else bool(rng.random() < yes)


def _fill_figures(facts: ParkFacts, place: Place) -> None:
    """Turn ratios into the figures a file reports; the ratios themselves stay on the right side."""
    values = facts.values
    far, per_floor = values["far"], values.pop("output_per_floor")
    floor = None
    if not values.pop("floor_unknown", False) and far is not None:
        # An even number of m², a hair above FAR times land, so that 0.85 is reached by either reading.
        floor = 2.0 * float(np.ceil(far * place.area_m2 * 1.0008 / 2))
        if far == 0.84:
            floor = 2.0 * float(np.floor(far * place.area_m2 / 2))
    values["floor_area_m2"] = floor
    basis = floor if floor is not None else place.area_m2
    exact = None if per_floor is None else basis * per_floor / 10_000
    values["output_10k_cny"] = (
        None if exact is None else round(exact, 4 if per_floor == 5000.0 else 2)
    )
    values["tax_10k_cny"] = round(values.pop("tax_per_mu") * place.mu, 2)


_CONTRADICTIONS = (0.08, -0.09, 0.15, -0.2, 0.3)


def _reported(facts: ParkFacts, place: Place, rng: np.random.Generator) -> None:
    """Report the land: right at a threshold exactly, else with a small error; a few contradict their polygon."""
    threshold = "threshold" in facts.case or "just" in facts.case or abs(place.mu - 10) < 1
    off = 0.0 if threshold else float(np.clip(rng.normal(0, 0.004), -0.01, 0.01))
    if facts.route in ("close", "convert") and not threshold and rng.random() < 0.08:
        # No ratio decides these routes, so a wrong area cannot change them.
        off = pick(rng, _CONTRADICTIONS)
        facts.case += "+area_contradicts"
    facts.values["land_reported_mu"] = round(place.mu * (1 + off), 2)
