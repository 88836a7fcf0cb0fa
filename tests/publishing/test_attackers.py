"""What an attacker can work out from public figures, of one release and of two."""

from __future__ import annotations

from dataclasses import replace

import attackers
import pandas as pd
import pytest
from attackers import classed, published

from industrymap import publishing


def firms(*towns: list[float]) -> pd.DataFrame:
    """Return the firms of one district, revenue by town."""
    rows = [
        {"enterprise_id": f"E{town}{i}", "district_code": "1", "town_code": f"1{town}", "revenue_10k_cny": x}
        for town, revenues in enumerate(towns, 1)
        for i, x in enumerate(revenues)
    ]  # fmt: skip
    table = pd.DataFrame(rows).astype({"revenue_10k_cny": "Float64"})
    return classed(table.assign(park_id=pd.NA, block_id=pd.NA))


def shown(release: publishing.Release, layer: str = "towns") -> list[bool]:
    return release.layers[layer]["base_revenue_10k_cny"].notna().tolist()


def why(release: publishing.Release) -> set[str]:
    held = release.withheld
    return set(held.loc[held["field"] == "base_revenue_10k_cny", "reason"])


EVEN = [3000.0, 4000.0, 5000.0, 6000.0]


@pytest.mark.parametrize("seed", [1, 3])
def test_no_attacker_learns_a_firm_from_two_releases(seed: int) -> None:
    learned, figures = attackers.trial(seed, most=1)
    assert figures > 0
    assert learned == []


def test_the_attacker_would_find_a_firm_if_nothing_were_withheld() -> None:
    layers, _ = attackers.city(table := firms([90000.0, 3000.0, 3000.0, 3000.0], EVEN, EVEN))
    assert attackers.attack([(table, layers)])


def test_a_sum_that_is_one_firm_s_for_the_most_part_is_withheld() -> None:
    release = published(firms([40000.0, 4000.0, 4000.0, 2500.0], EVEN, EVEN))
    assert not shown(release)[0]
    assert "dominance" in why(release)


def test_what_a_rival_could_work_out_is_withheld_though_no_firm_dominates() -> None:
    # the second knows his 20,000: the sum less both is 1,500, five percent of the first
    release = published(firms([30000.0, 20000.0, 2100.0, 2100.0], EVEN, EVEN))
    assert not shown(release)[0]


def test_a_sum_just_over_the_threshold_times_the_number_is_withheld() -> None:
    """Three firms of at least 1,000 with 3,030 together: each is known within three percent."""
    release = published(firms([1010.0, 1010.0, 1010.0], EVEN, EVEN))
    assert not shown(release)[0]


def test_three_firms_below_scale_near_its_line_are_withheld() -> None:
    """None is above scale (2,000), together they have 5,900: each has 1,900 at least."""
    release = published(firms([1990.0, 1980.0, 1930.0], EVEN, EVEN))
    assert not shown(release)[0]


def test_a_correction_of_one_firm_is_not_shown_beside_the_figure_before() -> None:
    before, after = firms(EVEN, EVEN, EVEN), firms([*EVEN[:3], 7500.0], EVEN, EVEN)
    first = published(before)
    second = published(after, first)
    assert shown(first) == [True, True, True]
    assert shown(published(after)) == [True, True, True]
    assert shown(second) == [False, True, True]
    assert why(second) == {"releases"}


def test_a_newcomer_is_not_the_difference_of_two_releases() -> None:
    first = published(firms(EVEN, EVEN))
    second = published(firms([*EVEN, 5500.0], EVEN), first)
    assert shown(second) == [False, True]
    assert not shown(second, "districts")[0]


def test_a_release_like_the_last_one_and_one_of_new_figures_throughout_show_as_much() -> None:
    table = firms(EVEN, EVEN)
    first = published(table)
    again = published(table, first)
    next_year = published(table.assign(revenue_10k_cny=table["revenue_10k_cny"] * 1.1), first)
    assert shown(first) == shown(again) == shown(next_year)


def test_every_rule_has_a_value_and_a_source_and_every_reason_its_words() -> None:
    from industrymap.publishing._rules import _read
    from industrymap.terms import FEWEST_FIRMS

    assert all(row["value"] and row["source"] and row["zh"] for row in _read("rules.csv"))
    assert publishing.RULES.fewest_firms == FEWEST_FIRMS
    assert publishing.reasons("zh").keys() == publishing.reasons("en").keys()


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [(EVEN, [*EVEN, 5500.0], False), (EVEN, EVEN[:3], False), (EVEN, [*EVEN, 5500.0, 5600.0, 5700.0], True)],
    ids=["one came", "one left", "three came"],
)  # fmt: skip
def test_a_count_that_differs_by_one_firm_from_the_release_before_is_withheld(
    before: list[float], after: list[float], *, kept: bool
) -> None:
    first = published(firms(before, EVEN))
    second = published(firms(after, EVEN), first)
    for count in ("firms", "base_firms"):
        assert second.layers["towns"][count].notna().tolist() == [kept, True]
        assert second.layers["districts"][count].notna().tolist() == [kept]


@pytest.mark.parametrize("seed", [1])
def test_no_two_releases_differ_by_a_count_of_one_or_two_firms(seed: int) -> None:
    """Every pair of cells, one of each release: who is counted in one and not in the other."""
    before, after = attackers.firms_of(seed), attackers.changed(attackers.firms_of(seed), seed)
    first = published(before)
    second = published(after, first)
    compared = 0
    for count, flag in (("firms", None), ("base_firms", "in_base"), ("above_scale", "above_scale")):
        old, new = ((t, t if flag is None else t[t[flag].fillna(value=False)]) for t in (before, after))  # fmt: skip
        sides = []
        for release, (_, counted) in ((first, old), (second, new)):
            sides.append([
                frozenset(counted.loc[(counted[column] == area).fillna(value=False), "enterprise_id"])
                for layer, key, column, _ in attackers.LAYERS
                for area in release.layers[layer].loc[release.layers[layer][count].notna(), key]
            ])  # fmt: skip
        for now in sides[1]:
            for then in sides[0]:
                # one inside the other: only then is the difference a number of firms
                if then and now and (then < now or now < then):
                    assert len(then ^ now) >= publishing.RULES.fewest_firms
                    compared += 1
    assert compared


def test_a_record_of_the_base_alone_still_compares_counts_of_the_base() -> None:
    first = published(firms(EVEN, EVEN))
    old = replace(first, firms=first.firms.drop(columns="in_base"))
    second = published(firms([*EVEN, 5500.0], EVEN), old)
    assert second.layers["towns"]["base_firms"].notna().tolist() == [False, True]
    assert second.layers["towns"]["firms"].notna().all()
