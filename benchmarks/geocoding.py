"""Geocoding beside its peers, in one run on one core: accuracy on the stress set, speed, memory.

Run ``python benchmarks/geocoding.py [ADDRESSES] [--json FILE]``. The peers cpca, addressparser and jionlp come with the dependency group
``bench``; where one is missing, its line says so. All read the same texts: the stress set of the tests for accuracy; for speed,
distinct invented addresses in the proportions of real registers, whose names hardly ever come back. What is remembered of
words is forgotten before every run. Seconds are seconds of CPU of this one process, the best of several runs. The gazetteer that
addresses are matched with has 200,000 entries, and three of five addresses name one of its roads; its memory is that of
Python, the libraries and the gazetteer, before any peer is loaded.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random
import resource
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.figures import Claim, Table, Value
from benchmarks.results import Growth, Part, arguments
from industrymap import citypack
from industrymap.geocoding import Gazetteer, match, parse
from industrymap.geocoding.address import _elements
from industrymap.geocoding.gazetteer import imports

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = tuple[str, str]
    Read = Callable[[list[str]], list[Answer]]

TESTS = Path(__file__).parents[1] / "tests" / "geocoding"
ADDRESSES = 20_000
REPEATS = 5
PEER_ADDRESSES = 2_000
NEED_PARSE, NEED_MATCH, NEED_MB = 60_000, 30_000, 600
GROWTH = (10_000, 100_000, 1_000_000)
ABOUT = """Districts and towns of the stress set (480 hard addresses) that are right, districts invented where there is none, and
addresses read per second of processor time on one core: for the district, as the peers, and into every part. The pack alone knows no
village, as the peers; then with 15 villages. Matching puts an address on the map with a gazetteer of 200,000 entries."""
FIRST = (
    "云春福德康泰兴隆明盛华安瑞祥丰宏锦绣升景智汇金银海凤龙麟鹤燕莺桂梅兰竹菊松柏榕棉荔莲荷蓉芳茂荣嘉佳美秀丽文武"
    "仁义礼信忠孝贤良善诚勤俭利贵宝珍珠玉翠碧青蓝紫红黄白乌赤石沙泥清澄洪永长久恒远深浅高朗晴朝晖光辉耀星月日"
)
SECOND = (
    "和平林泉江源岭湖桥湾坪岗塘田洲滨港台溪井陂坑坳埔埗墩滘涌沥洞潭峰峡坡坝堤堡寨圩岸岛屿渡津浦渚汀汇滩涧谷峪崖"
    "原野畴圃苗禾穗稻麦桑麻茶棠枫桐槐柳杉樟楠榆桉荫萃蔚蓬茵芷萝葵菱芦苇蒲萍藻荟荃菁莞蔓薇蕙"
)


def main() -> None:
    """Measure accuracy and speed of everyone."""
    parser = arguments(__doc__)
    parser.add_argument("addresses", nargs="?", type=int, default=ADDRESSES)
    asked = parser.parse_args()
    count = GROWTH[0] if asked.quick else asked.addresses
    pack = citypack.load("guangzhou")
    places = entries(pack, random.Random(11))
    roads = places[places["kind"] == "road"]
    texts = invented(count, pack, roads, seed=7)
    part = Part("geocoding", "Geocoding", ABOUT, ["cpca", "addressparser", "jionlp", "ahocorasick-rs"], quick=asked.quick)  # fmt: skip
    matched, rates = big(pack, places, texts)
    table = Table(
        "Read addresses",
        ["", "district right", "town right", "invented", "addresses/s", "every part/s"],
        ratio=("addresses/s", "high"),
    )
    ours(table, pack, texts)
    mine = len(table.rows)
    for name, load in (("cpca", cpca), ("addressparser", addressparser), ("jionlp", jionlp)):
        peer(table, name, load, pack, texts)
    part.tables = [table, matched]
    speeds = [(row[4], row[0]) for row in table.rows[mine:] if isinstance(row[4], float)]
    best = max(speeds, default=(None, ""))
    part.claims = [
        # What the peers answer is the district: that is compared with them; every part is compared with the promise.
        Claim("geocoding.parse", "addresses read into every part", table.rows[0][5], "/s", NEED_PARSE, "high"),
        Claim("geocoding.district", "addresses read for district and town", table.rows[0][4], "/s", NEED_PARSE, "high", best[1], best[0]),
        Claim("geocoding.match", "read and matched with 200,000 entries", rates["match"], "/s", NEED_MATCH, "high"),
        Claim("geocoding.memory_mb", "memory with 200,000 entries", rates["memory_mb"], "MB", NEED_MB),
    ]  # fmt: skip
    part.growth = [growth(pack, roads, GROWTH[:2] if asked.quick else GROWTH)]
    part.finish(asked.json)


def growth(pack: citypack.CityPack, roads: pd.DataFrame, sizes: tuple[int, ...]) -> Growth:
    """Match more and more addresses with the pack alone."""
    city = Gazetteer.build(pack)
    points = []
    for n in sizes:
        texts = invented(n, pack, roads, seed=9)
        speed = rate(texts, lambda lot: match(pd.Series(lot, dtype=object), city), repeats=1)
        points.append((n, round(n / speed, 4)))
    return Growth("rows", "geocode addresses (processor time)", points)


def stress() -> list[dict[str, str]]:
    text = (TESTS / "geocoding_stress.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def ours(table: Table, pack: citypack.CityPack, texts: list[str]) -> None:
    villages, _ = imports.read(TESTS / "geocoding_villages.csv", pack=pack)
    for name, extra in (("pack alone", []), ("with 15 villages", [villages])):
        city = Gazetteer.build(pack, extra=extra)
        placed = match(pd.Series([row["address"] for row in stress()], dtype=object), city)
        columns = (placed[c].fillna("").tolist() for c in ("district_code", "town_code"))
        names = [
            (city.divisions.names.get(d, ""), city.divisions.names.get(t, ""))
            for d, t in zip(*columns, strict=True)
        ]
        speed = rate(texts, lambda lot, city=city: [parse(text, city) for text in lot])
        parts = rate(texts, lambda lot, city=city: [parse(text, city).components for text in lot])
        line(table, f"industrymap, {name}", names, speed, parts)


def peer(
    table: Table,
    name: str,
    load: Callable[[citypack.CityPack], Read],
    pack: citypack.CityPack,
    texts: list[str],
) -> None:
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            read = load(pack)
            answers = [answer(read, row["address"]) for row in stress()]
            speed = rate(texts[:PEER_ADDRESSES], read, repeats=1)
    except ImportError as error:
        table.rows.append([name, f"not installed: {error}", None, None, None, None])
        return
    line(table, name, answers, speed)


def answer(read: Read, text: str) -> Answer:
    """Return a peer's answer; where it raises, it has none."""
    try:
        return read([text])[0]
    except (KeyError, ValueError, AttributeError, IndexError, TypeError):
        return "", ""


def line(
    table: Table, name: str, answers: list[Answer], speed: float, parts: float | None = None
) -> None:
    """Score a reader's answers and add its row."""
    rows = stress()
    pairs = list(zip(answers, rows, strict=True))
    district = sum(a[0] == row["district"] for a, row in pairs) / len(rows)
    named = [a[1] == row["town"] for a, row in pairs if row["town"]]
    invented_ = sum(bool(a[0]) and not row["district"] for a, row in pairs)
    town = sum(named) / len(named)
    table.rows.append([name, f"{district:.1%}", f"{town:.1%}", invented_, speed, parts])


def rate(texts: list[str], read: Callable[[list[str]], object], *, repeats: int = REPEATS) -> float:
    """Return addresses per second of CPU, the best of several runs, each as if nothing had been read before."""
    best = 0.0
    for _ in range(repeats):
        _elements._read_words.cache_clear()  # noqa: SLF001 - as if nothing had been read before
        started = time.process_time()
        read(texts)
        best = max(best, len(texts) / (time.process_time() - started))
    return best


def cpca(pack: citypack.CityPack) -> Read:
    import cpca as package

    current = pack.current("district")
    names = dict(zip(current["code"], current["name"], strict=True))

    def read(texts: list[str]) -> list[Answer]:
        return [(names.get(str(code), ""), "") for code in package.transform(texts)["adcode"]]

    return read


def addressparser(pack: citypack.CityPack) -> Read:
    import addressparser as package

    names = set(pack.current("district")["name"])

    def read(texts: list[str]) -> list[Answer]:
        found = package.transform(texts)
        pairs = zip(found["市"], found["区"], strict=True)
        return [(d if city == pack.name and d in names else "", "") for city, d in pairs]

    return read


def jionlp(pack: citypack.CityPack) -> Read:
    import jionlp as package

    names = set(pack.current("district")["name"])

    def one(text: str) -> Answer:
        found = package.parse_location(text, town_village=True)
        here = found["city"] == pack.name and found["county"] in names
        return (found["county"], found.get("town") or "") if here else ("", "")

    return lambda texts: [one(text) for text in texts]


def invented(count: int, pack: citypack.CityPack, roads: pd.DataFrame, *, seed: int) -> list[str]:
    """Return distinct addresses: city and district always, a town in two of five, road and number in four of five.

    Three of four roads are roads of the gazetteer in their own district; the others are known to nobody.
    """
    dice = random.Random(seed)
    names = dict(zip(pack.divisions["code"], pack.divisions["name"], strict=True))
    towns = list(pack.current("town")["code"])
    known = list(zip(roads["name"], roads["town_code"], strict=True))
    found: dict[str, None] = {}
    while len(found) < count:
        road, town = road_name(dice), dice.choice(towns)
        if dice.random() < 0.75:
            road, town = dice.choice(known)
        head = f"{pack.name}{names[town[:6]]}" + (names[town] if dice.random() < 0.4 else "")
        tail = dice.choice(
            (
                "",
                "",
                f"{dice.randint(1, 30)}楼",
                f"{dice.randint(101, 3206)}房",
                "自编3栋2层",
                "A座1206室（仅限办公用途）",
            )
        )
        place = (
            f"{road}{dice.randint(1, 999)}号"
            if dice.random() < 0.8
            else f"{name(dice)}村{name(dice)}工业区{dice.randint(1, 20)}号"
        )
        found[head + place + tail] = None
    return list(found)


def name(dice: random.Random) -> str:
    return dice.choice(FIRST) + dice.choice(SECOND)


def road_name(dice: random.Random) -> str:
    return name(dice) + dice.choice(
        ("路", "路", "大道", "街", "东路", "西路", "南路", "北路", "一路", "二路", "三街")
    )


def entries(pack: citypack.CityPack, dice: random.Random) -> pd.DataFrame:
    """Return 200,000 places: 20,000 roads, 5,000 villages, 25,000 buildings, 150,000 house numbers."""
    towns = list(
        zip(pack.current("town")["parent_code"], pack.current("town")["code"], strict=True)
    )
    west, south, east, north = pack.extent
    rows = []
    for kind, count in (("road", 20_000), ("village", 5_000), ("building", 25_000)):
        for _ in range(count):
            district, town = dice.choice(towns)
            label = {"road": road_name(dice), "village": name(dice) + name(dice) + "村"}.get(
                kind, name(dice) + name(dice) + "大厦"
            )
            rows.append((kind, label, district, town, "", ""))
    roads = rows[:20_000]
    for _ in range(150_000):
        _, label, district, town, _, _ = dice.choice(roads)
        rows.append(("address", "", district, town, label, str(dice.randint(1, 999))))
    table = pd.DataFrame(
        rows, columns=["kind", "name", "district_code", "town_code", "road", "number"]
    )
    table["lon"] = [dice.uniform(west, east) for _ in rows]
    table["lat"] = [dice.uniform(south, north) for _ in rows]
    return table


def big(
    pack: citypack.CityPack, table: pd.DataFrame, texts: list[str]
) -> tuple[Table, dict[str, float]]:
    """Read and match addresses with a gazetteer of 200,000 entries."""
    started = time.process_time()
    city = Gazetteer.build(pack, extra=[table])
    built = time.process_time() - started
    addresses = pd.Series(texts, dtype=object)
    matching = rate(texts, lambda lot: match(pd.Series(lot, dtype=object), city))
    parsing = rate(texts, lambda lot: [parse(text, city).components for text in lot])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    placed = match(addresses, city)
    levels = placed["geocode_level"].value_counts()
    rows: list[list[Value]] = [
        ["build the gazetteer", f"{built:.1f} s, {len(city.spellings.entries):,} spellings"],
        ["read into every part", f"{parsing:,.0f} /s"],
        ["read and match", f"{matching:,.0f} /s"],
        ["memory of the whole process", f"{memory:,.0f} MB"],
        *([f"placed by {level}", f"{n / len(texts):.1%}"] for level, n in levels.items()),
    ]
    found = Table(f"{len(texts):,} addresses, {len(table):,} entries", ["", "measured"], rows)
    return found, {"parse": parsing, "match": matching, "memory_mb": memory}


if __name__ == "__main__":
    main()
