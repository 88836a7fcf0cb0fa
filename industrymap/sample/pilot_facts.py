"""Who may become a pilot park, by the published rules of 2019 and 2021.

Written from the documents, apart from the rooms that the truth is there to score. Three-valued: a criterion that
fails decides, else one that is unknown leaves the park undetermined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RULES", "pilot_truth"]

RULES = {
    2019: "穗工信函〔2019〕1220号",
    2021: "穗工信规字〔2021〕5号",
}

Verdict = tuple[bool | None, tuple[str, ...], tuple[str, ...]]


def pilot_truth(values: Mapping[str, Any]) -> dict[int, Verdict]:
    """Return, per rule, whether a park qualifies, what it fails and what is not known.

    Parameters
    ----------
    values : mapping
        Schema field → value or ``None``.

    Returns
    -------
    verdicts : dict
        2019 and 2021 → ``(eligible, failing, missing)``. Under the rule of 2021 the output limit is known for
        the first ring only: outside it, a park that passes all else has ``("output_limit",)`` as missing.
    """
    return {2019: _verdict(_rule_2019(values)), 2021: _verdict(_rule_2021(values))}


def _rule_2019(values: Mapping[str, Any]) -> dict[str, tuple[bool | None, str]]:
    return {
        "tenure": (values["tenure_clear"], "tenure_clear"),
        "floor_after_works": (
            _at_least(values["floor_area_planned_m2"], 20_000),
            "floor_area_planned_m2",
        ),
        "output_per_floor": (_output_at_most(values, 5_000), _output_lacks(values)),
    }


def _rule_2021(values: Mapping[str, Any]) -> dict[str, tuple[bool | None, str]]:
    first = values["ring"] == 1
    criteria = {
        "tenure": (values["tenure_clear"], "tenure_clear"),
        "tenure_years": (_at_least(values["tenure_years_left"], 5), "tenure_years_left"),
        "reserve_plan": (_not(values["in_reserve_plan"]), "in_reserve_plan"),
        "renewal_plan": (_not(values["in_renewal_plan"]), "in_renewal_plan"),
        "planned_road": (_not(values["road_conflict"]), "road_conflict"),
        "floor_after_works": (
            _at_least(values["floor_area_planned_m2"], 10_000 if first else 20_000),
            "floor_area_planned_m2",
        ),
    }
    if first:
        criteria["output_per_floor"] = (_output_at_most(values, 10_000), _output_lacks(values))
    else:
        criteria["output_per_floor"] = (None, "output_limit")
    return criteria


def _verdict(criteria: Mapping[str, tuple[bool | None, str]]) -> Verdict:
    failing = tuple(name for name, (holds, _) in criteria.items() if holds is False)
    missing = tuple(lacks for holds, lacks in criteria.values() if holds is None)
    if failing:
        return False, failing, missing
    return (None, (), missing) if missing else (True, (), ())


def _output_at_most(values: Mapping[str, Any], limit: float) -> bool | None:
    """Compare output per floor area, of firms registered and working in the park.

    A figure over all firms is an upper bound: within the limit it settles the matter, above it does not.
    """
    floor, output, basis = (
        values[k] for k in ("floor_area_m2", "output_10k_cny", "output_firms_basis")
    )
    if floor is None or output is None or basis == "unknown":
        return None
    within = output * 10_000 <= limit * floor
    return True if within else (None if basis == "all" else False)


def _output_lacks(values: Mapping[str, Any]) -> str:
    for name in ("floor_area_m2", "output_10k_cny"):
        if values[name] is None:
            return name
    return "output_firms_basis"


def _at_least(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def _not(value: bool | None) -> bool | None:  # noqa: FBT001 - a truth value, not a switch
    return None if value is None else not value
