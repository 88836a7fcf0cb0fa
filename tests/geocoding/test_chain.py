"""The chain: who is asked, whose answer is taken, what is refused, and that nothing is asked twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely
from provider_server import amap, amap_error, serving, tencent

from industrymap.geocoding.online import chain
from industrymap.geocoding.online.cache import Cache
from industrymap.geocoding.online.providers import Answer
from industrymap.geocoding.online.providers.amap import Amap
from industrymap.geocoding.online.providers.tencent import Tencent
from industrymap.geocoding.review.sanity import Limits
from industrymap.web import Rate, Retry, Timeout

if TYPE_CHECKING:
    from pathlib import Path

HASTY: dict[str, Any] = {
    "timeout": Timeout(total_s=2),
    "retry": Retry(times=0),
    "rate": Rate(per_second=1000),
}
CITY = "某市"
EAST, WEST = shapely.box(113.5, 23, 114, 23.5), shapely.box(113, 23, 113.5, 23.5)
LIMITS = Limits(
    extent=(113, 23, 114, 23.5),
    names={"440001": "东区", "440002": "西区"},
    polygons={"440001": EAST, "440002": WEST},
)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def questions(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of (address, named district code, offline level)."""
    table = pd.DataFrame(rows, columns=["address", "district", "level"]).astype("string")
    table["key"] = table["address"]
    table["source"] = pd.Series("t.xlsx", index=table.index, dtype="string")
    table["source_row"] = pd.Series(range(2, len(table) + 2), index=table.index, dtype="Int64")
    return table.set_index(pd.Index([f"e{i}" for i in range(len(table))]))


class Book:
    """A provider that knows places from a dict, as an adapter of another package would."""

    def __init__(
        self, name: str, places: dict[str, Any], *, batch: int = 1, quota: int = 1000
    ) -> None:
        self.name, self.places, self.batch_size, self.daily_quota = name, places, batch, quota
        self.asked: list[str] = []

    def locate(self, addresses: Any, *, city: str) -> list[Answer | None]:
        assert city == CITY
        assert len(addresses) <= self.batch_size
        self.asked += addresses
        return [self.places.get(a) for a in addresses]


def found(
    level: str | None,
    lon: float = 113.2,
    radius_m: float = 60,
    *,
    by: str = "book",
    district: str = "",
) -> Answer:
    return Answer(
        lon=lon,
        lat=23.2,
        level=level,
        radius_m=radius_m,
        score=0.9,
        provider=by,
        said="s",
        district=district,
    )


def ask(
    table: pd.DataFrame, *providers: Any, cache: Cache | None = None, limits: Limits = LIMITS
) -> chain.OnlineResult:
    return chain.ask(
        table, providers=providers, cache=cache or Cache(None), city=CITY, limits=limits
    )


def test_only_what_is_not_fine_enough_is_asked_and_once() -> None:
    table = questions(
        ("a", None, "address"),
        ("b", None, "building"),
        ("c", None, "road"),
        ("d", None, None),
        ("d", None, None),
    )
    book = Book("book", {})
    ask(table, book)
    assert book.asked == ["c", "d"]


def test_the_finest_level_wins_and_the_order_decides_among_equals() -> None:
    table = questions(("a", None, "town"))
    first = Book("first", {"a": found("road", by="first")})
    second = Book("second", {"a": found("building", 113.21, by="second")})
    third = Book("third", {"a": found("address", by="third")})
    places = ask(table, first, second, third).places
    assert places.loc["e0", ["level", "source", "lon"]].tolist() == ["building", "second", 113.21]
    assert third.asked == []
    same = Book("same", {"a": found("road", by="same")})
    assert ask(table, first, same).places.loc["e0", "source"] == "first"


def test_an_answer_no_finer_than_offline_is_not_taken() -> None:
    places = ask(questions(("a", None, "road")), Book("book", {"a": found("town")})).places
    assert places.loc["e0"].isna().all()


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (found("address", 120.0), "provider.outside_city"),
        (found("address", 113.8), "provider.other_district"),
        (found(None), "provider.vague"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_flagged_and_shown(
    answer: Answer, rule: str
) -> None:
    asked = ask(questions(("a", "440002", None)), Book("book", {"a": answer}))
    assert asked.places.loc["e0", ["lon", "lat", "level", "source"]].isna().all()
    assert f"{answer.lon:.6f}" in asked.places.loc["e0", "candidates"]
    assert asked.issues["rule"].tolist() == [rule]
    assert asked.issues["row"].tolist() == [2]


def test_a_place_just_over_the_border_still_agrees() -> None:
    asked = ask(questions(("a", "440002", None)), Book("book", {"a": found("address", 113.502)}))
    assert asked.places.loc["e0", "level"] == "address"


def test_without_boundaries_the_name_the_provider_says_decides() -> None:
    limits = Limits(extent=LIMITS.extent, names=LIMITS.names)
    table = questions(("a", "440002", None), ("b", "440002", None), ("c", "440002", None))
    book = Book(
        "book",
        {
            "a": found("address", district="东区"),
            "b": found("address", district="西区"),
            "c": found("address"),
        },
        batch=3,
    )
    placed = ask(table, book, limits=limits).places["level"]
    assert placed.isna().tolist() == [True, False, False]


def test_nothing_is_asked_twice_over_runs(tmp_path: Path) -> None:
    table = questions(("a", None, None), ("b", None, None))
    book = Book("book", {"a": found("address")})
    with Cache(tmp_path / "c.sqlite") as cache:
        first = ask(table, book, cache=cache).places
    with Cache(tmp_path / "c.sqlite") as cache:
        second = ask(table, book, cache=cache).places
    assert book.asked == ["a", "b"]
    pd.testing.assert_frame_equal(first, second)


def test_a_quota_stops_one_provider_says_how_many_are_left_and_the_next_goes_on() -> None:
    table = questions(*((f"{i}", None, None) for i in range(5)))
    small = Book(
        "small", {f"{i}": found("address", by="small") for i in range(5)}, batch=2, quota=3
    )
    other = Book("other", {f"{i}": found("address", by="other") for i in range(5)})
    asked = ask(table, small, other)
    assert asked.places["source"].tolist() == ["small"] * 3 + ["other"] * 2
    [issue] = asked.issues.to_dict("records")
    assert issue["rule"] == "provider.stopped"
    assert "2 addresses were not asked" in issue["en"]
    assert "tomorrow" in issue["en"]


def test_a_quota_the_provider_reports_is_remembered_for_the_day() -> None:
    table = questions(*((f"{i}", None, None) for i in range(20)))
    cache = Cache(None)
    reply = [amap(*((113.2, 23.2, "门牌号"),) * 10), amap_error("10003", "DAILY_QUERY_OVER_LIMIT")]
    with serving(lambda _, n: reply[min(n, 2) - 1]) as server:
        provider = Amap("k", url=server.url, **HASTY)
        first = ask(table, provider, cache=cache)
        second = ask(table, provider, cache=cache)
        assert len(server.seen) == 2
    assert first.places["level"].notna().sum() == 10
    assert second.places["level"].notna().sum() == 10
    assert second.issues["rule"].tolist() == ["provider.stopped"]


def test_a_dead_provider_is_left_alone_after_three_failures() -> None:
    table = questions(*((f"{i}", None, None) for i in range(30)))
    with serving(lambda *_: 500) as dead, serving(lambda *_: tencent(113.2, 23.2)) as alive:
        asked = ask(
            table,
            Amap("k", url=dead.url, **HASTY),
            Tencent("k", url=alive.url, **HASTY),
        )
        assert len(dead.seen) == 3
    assert asked.places["source"].eq("tencent").all()
    assert asked.issues["rule"].tolist() == ["provider.stopped"]


def test_one_bad_batch_does_not_hold_up_the_others() -> None:
    table = questions(*((f"{i}", None, None) for i in range(30)))
    with serving(lambda _, n: 500 if n == 1 else amap(*((113.2, 23.2, "门牌号"),) * 10)) as server:
        asked = ask(table, Amap("k", url=server.url, **HASTY))
        assert len(server.seen) == 4
    assert asked.places["level"].eq("address").all()
    assert len(asked.issues) == 0


def test_a_damaged_cache_is_told_among_the_issues(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"no database" * 500)
    with Cache(path) as cache:
        asked = ask(
            questions(("a", None, None)), Book("book", {"a": found("address")}), cache=cache
        )
    assert asked.issues["rule"].tolist() == ["provider.cache_damaged"]
    assert asked.places["level"].tolist() == ["address"]


def test_progress_ends_at_its_total() -> None:
    table = questions(("a", None, "address"), *((f"{i}", None, None) for i in range(7)))
    seen: list[tuple[int, int]] = []
    books = (Book("one", {"1": found("address")}, batch=3), Book("two", {}))
    chain.ask(
        table,
        providers=books,
        cache=Cache(None),
        city=CITY,
        limits=LIMITS,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (16, 16)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)


RUN = """
import sys
import pandas as pd
from industrymap.geocoding.online import chain
from industrymap.geocoding.online.cache import Cache
from industrymap.web import Rate
from industrymap.geocoding.online.providers.amap import Amap
from industrymap.geocoding.review.sanity import Limits
names = [f"{i}号" for i in range(300)]
table = pd.DataFrame({"address": names, "key": names, "district": None, "level": None, "source": "t", "source_row": 1})
asked = chain.ask(table, providers=[Amap("k", url=sys.argv[2], rate=Rate(per_second=1000))], cache=Cache(sys.argv[1]),
    city="某市", limits=Limits(extent=(113, 23, 114, 23.5)))
print(int(asked.places["level"].notna().sum()))
"""


def test_a_run_killed_in_the_middle_goes_on_where_it_stood(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path / "c.sqlite")]
    with serving(
        lambda *_: (time.sleep(0.02), amap(*((113.2, 23.2, "门牌号"),) * 10))[1]
    ) as server:
        child = subprocess.Popen([*command, server.url], stdout=subprocess.DEVNULL)
        while len(server.seen) < 10:
            assert child.poll() is None
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        before = len(server.seen)
        again = subprocess.run([*command, server.url], capture_output=True, text=True, check=True)
        after = len(server.seen) - before
    assert again.stdout.strip() == "300"
    assert before + after in {30, 31}, "only the call under way at the kill may be asked again"
