"""Boundaries from a server that answers in Overpass' documented format, and from files; the network is never touched."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from industrymap import boundaries, citypack
from industrymap.boundaries._rings import assemble
from industrymap.cli import main
from industrymap.errors import LayerError, ProviderError, QuotaError
from industrymap.web import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next prepared answer and keeps what was asked."""

    answers: list[Answer]
    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append({"query": parse_qs(body)["data"][0], "agent": self.headers["User-Agent"]})
        self.answers.pop(0)(self)

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def send(self, status: int, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


class Server:
    """A local Overpass server."""

    def __init__(self) -> None:
        self.handler = type("Prepared", (Handler,), {"answers": [], "asked": []})
        self.http = HTTPServer(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/api/interpreter"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def answers(self, *answers: Answer) -> None:
        self.handler.answers.extend(answers)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return self.handler.asked


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.http.shutdown()
    started.http.server_close()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> citypack.CityPack:
    """Return an invented city of two districts and three towns, two of one name."""
    folder = tmp_path_factory.mktemp("packs") / "甲城"
    folder.mkdir()
    (folder / "city.toml").write_text(
        'name = "甲城市"\nname_en = "Jia"\ndivision_code = "990100"\ncrs = "EPSG:4547"\n'
        'extent = [113.0, 23.0, 114.0, 24.0]\naliases = ["甲城"]\n',
        encoding="utf-8",
    )
    rows = [
        "990101,东区,district,990100,东城区,,,,测试",
        "990102,西区,district,990100,,,,,测试",
        "990103,旧区,district,990100,,,2005-01-01,990101,测试",
        "990101001,桥头镇,town,990101,,,,,测试",
        "990102001,桥头镇,town,990102,,,,,测试",
        "990102002,西村街道,town,990102,西村街,,,,测试",
    ]
    header = ",".join(citypack.DIVISION_COLUMNS)
    (folder / "divisions.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return citypack.load(str(folder))


def way(*corners: tuple[float, float], role: str = "outer", ref: int = 1) -> dict[str, Any]:
    geometry = [{"lat": lat, "lon": lon} for lon, lat in corners]
    return {"type": "way", "ref": ref, "role": role, "geometry": geometry}


def square(west: float, south: float, size: float, role: str = "outer") -> list[dict[str, Any]]:
    """Return a square as four ways, out of order and of mixed direction."""
    a, b, c, d = (west, south), (west + size, south), (west + size, south + size), (west, south + size)  # fmt: skip
    return [way(a, b, role=role), way(d, c, role=role), way(b, c, role=role), way(d, a, role=role)]


def relation(
    id_: int, name: str, level: int, members: list[dict[str, Any]], **tags: str
) -> dict[str, Any]:
    centre = {"type": "node", "ref": 9, "role": "admin_centre", "lat": 23.1, "lon": 113.1}
    return {
        "type": "relation",
        "id": id_,
        "bounds": {"minlat": 23, "minlon": 113, "maxlat": 24, "maxlon": 114},
        "members": [centre, *members],
        "tags": {
            "boundary": "administrative",
            "admin_level": str(level),
            "name": name,
            "type": "boundary",
        }
        | tags,
    }


def answer(*elements: dict[str, Any], **more: Any) -> bytes:
    document = {
        "version": 0.6,
        "generator": "Overpass API 0.7.62",
        "osm3s": {"timestamp_osm_base": "2025-03-04T05:06:07Z", "copyright": "ODbL"},
        "elements": list(elements),
    }
    return json.dumps(document | more, ensure_ascii=False).encode()


EAST = relation(1, "东区", 6, square(113.5, 23.1, 0.4))
WEST = relation(2, "西区", 6, square(113.1, 23.1, 0.4))
BRIDGE_EAST = relation(3, "桥头镇", 8, square(113.6, 23.2, 0.1))
BRIDGE_WEST = relation(4, "桥头镇", 8, square(113.2, 23.2, 0.1))
VILLAGE = relation(5, "West village", 8, square(113.35, 23.2, 0.1), **{"name:zh": "西村街"})
CITY = [EAST, WEST, BRIDGE_EAST, BRIDGE_WEST, VILLAGE]


def ok(body: bytes) -> Answer:
    return lambda handler: handler.send(200, body, Content_Type="application/json")


def status(code: int, **headers: str) -> Answer:
    return lambda handler: handler.send(code, b"<html>busy</html>", **headers)


def cut(body: bytes) -> Answer:
    return lambda handler: handler.send(200, body[: len(body) // 2], length=len(body))


def fetch(server: Server, pack: citypack.CityPack, **more: Any) -> boundaries.Boundaries:
    return boundaries.fetch(
        pack, url=server.url, **{"retry": Retry(times=2, sleep=lambda _: None)} | more
    )


def test_districts_and_towns_come_with_codes_source_and_date(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(ok(answer(*CITY)))
    found = fetch(server, pack)
    districts, towns = found.levels["districts"], found.levels["towns"]
    assert districts["code"].tolist() == ["990101", "990102"]
    assert districts["name"].tolist() == ["东区", "西区"]
    assert districts.geometry[0].equals(shapely.box(113.5, 23.1, 113.9, 23.5))
    assert towns["code"].tolist() == ["990101001", "990102001", "990102002"]
    assert towns["parent_code"].tolist() == ["990101", "990102", "990102"]
    assert "OpenStreetMap contributors" in found.source
    assert str(found.as_of) == "2025-03-04"
    assert len(found.issues) == 0


def test_the_request_names_the_program_the_city_and_both_levels(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(ok(answer(*CITY)))
    fetch(server, pack)
    [asked] = server.asked
    assert asked["agent"].startswith("industrymap/")
    assert '"name"~"^(甲城市|甲城)$"' in asked["query"]
    assert '"admin_level"~"^(6|8)$"' in asked["query"]
    assert "(23.0,113.0,24.0,114.0)" in asked["query"]
    assert asked["query"].startswith("[out:json][timeout:")
    assert asked["query"].rstrip().endswith("out geom;")


def test_a_city_name_cannot_break_out_of_the_query(pack: citypack.CityPack) -> None:
    from dataclasses import replace

    hostile = replace(pack, name='x"];out;\n', city_aliases=(".*",))
    assert '"name"~"^(x;out;|)$"' in boundaries.query(hostile, (6,))


def test_towns_are_told_apart_by_their_district_and_strangers_left_out(
    server: Server, pack: citypack.CityPack
) -> None:
    abroad = relation(6, "桥头镇", 8, square(113.92, 23.7, 0.05))
    other = relation(7, "邻市区", 6, square(113.1, 23.6, 0.3))
    server.answers(ok(answer(*CITY[:3], abroad, other)))
    found = fetch(server, pack)
    assert found.levels["towns"]["code"].tolist() == ["990101001"]
    kinds = found.issues.set_index("rule")["value"]
    assert sorted(kinds["boundaries.unknown"]) == ["桥头镇", "邻市区"]
    assert sorted(kinds["boundaries.missing"]) == ["990102001 桥头镇", "990102002 西村街道"]


def test_a_former_district_is_neither_matched_nor_missed(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(ok(answer(*CITY, relation(8, "旧区", 6, square(113.1, 23.6, 0.3)))))
    found = fetch(server, pack)
    assert "990103" not in found.levels["districts"]["code"].tolist()
    assert found.issues["value"].tolist() == ["旧区"]


def test_without_towns_the_districts_still_serve(server: Server, pack: citypack.CityPack) -> None:
    server.answers(ok(answer(EAST, WEST)))
    assert set(fetch(server, pack).levels) == {"districts"}


def test_two_boundaries_of_one_district_keep_the_larger(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(ok(answer(EAST, WEST, relation(9, "东城区", 6, square(113.5, 23.1, 0.1)))))
    found = fetch(server, pack)
    assert found.levels["districts"].geometry[0].area == pytest.approx(0.16)
    assert "boundaries.double" in set(found.issues["rule"])


def test_a_ring_that_does_not_close_is_reported_and_the_rest_kept(
    server: Server, pack: citypack.CityPack
) -> None:
    island = square(113.2, 23.6, 0.1)[:3]
    open_west = relation(2, "西区", 6, [*square(113.1, 23.1, 0.4), *island])
    hopeless = relation(1, "东区", 6, square(113.5, 23.1, 0.4)[:3])
    server.answers(ok(answer(open_west, hopeless)))
    found = fetch(server, pack)
    assert found.levels["districts"]["name"].tolist() == ["西区"]
    by_rule = found.issues.set_index("rule")
    assert by_rule.loc["boundaries.unclosed", "source"] == "relation/2"
    assert "3 ways" in by_rule.loc["boundaries.unclosed", "en"]
    assert by_rule.loc["boundaries.no_ring", "value"] == "东区"
    assert by_rule.loc["boundaries.missing", "value"] == "990101 东区"


def test_holes_islands_and_exclaves_are_put_together() -> None:
    outer, hole, island = square(0, 0, 10), square(2, 2, 6, "inner"), square(4, 4, 2)
    exclave = square(20, 0, 1, "")
    built = assemble([*outer, *hole, *island, *exclave])
    assert built.geometry.area == pytest.approx(100 - 36 + 4 + 1)
    assert built.open_ways == 0
    assert built.geometry.is_valid


def test_holes_that_touch_the_outer_ring_are_cut_out() -> None:
    hole = [way((4, 0), (6, 0), (5, 2), (4, 0), role="inner")]
    built = assemble([*square(0, 0, 10), *hole])
    assert built.geometry.area == pytest.approx(98)


def test_positions_left_out_by_the_server_are_gaps_not_straight_lines() -> None:
    broken = way((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    broken["geometry"][2] = None
    built = assemble([broken])
    assert built.geometry is None
    assert built.open_ways == 2


def test_a_relation_without_ways_has_no_area() -> None:
    assert assemble([]).geometry is None
    assert assemble([{"type": "node", "role": "label", "lat": 1, "lon": 2}]).geometry is None


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: Server, pack: citypack.CityPack, code: int) -> None:
    server.answers(status(code), ok(answer(*CITY)))
    assert len(fetch(server, pack).levels) == 2
    assert len(server.asked) == 2


def test_retry_after_is_kept_but_not_for_ever(server: Server, pack: citypack.CityPack) -> None:
    waited: list[float] = []
    server.answers(
        status(429, Retry_After="7"), status(504, Retry_After="99999"), ok(answer(*CITY))
    )
    fetch(server, pack, retry=Retry(times=2, sleep=waited.append))
    assert waited == [7.0, 120.0]


def test_a_server_that_stays_busy_is_given_up_with_one_sentence(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(*[status(429)] * 3)
    with pytest.raises(QuotaError, match="too many requests"):
        fetch(server, pack)
    server.answers(*[status(504)] * 3)
    with pytest.raises(ProviderError, match="status 504"):
        fetch(server, pack)
    assert len(server.asked) == 6


def test_a_refusal_is_not_repeated(server: Server, pack: citypack.CityPack) -> None:
    server.answers(status(400))
    with pytest.raises(ProviderError, match="status 400"):
        fetch(server, pack)
    assert len(server.asked) == 1


def test_a_cut_connection_is_tried_again(server: Server, pack: citypack.CityPack) -> None:
    server.answers(cut(answer(*CITY)), ok(answer(*CITY)))
    assert len(fetch(server, pack).levels["towns"]) == 3


def test_a_connection_that_is_always_cut_is_an_error(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(*[cut(answer(*CITY))] * 3)
    with pytest.raises(ProviderError, match="cut the connection"):
        fetch(server, pack)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"<html>The server is probably too busy</html>", "no JSON"), (b"", "no JSON"), (b"[1, 2]", "no elements"),
        (answer(*CITY)[:-40], "no JSON"), (b'{"elements": 3}', "no elements"), (b"[" * 100_000, "no JSON"), (b"\xff\xfe\x00", "no JSON"),
    ],
)  # fmt: skip
def test_garbage_is_refused_with_its_beginning(
    server: Server, pack: citypack.CityPack, body: bytes, part: str
) -> None:
    server.answers(ok(body))
    with pytest.raises(ProviderError, match=part):
        fetch(server, pack)


def test_a_server_that_gave_up_half_way_is_not_believed(
    server: Server, pack: citypack.CityPack
) -> None:
    half = answer(
        EAST, remark='runtime error: Query timed out in "query" at line 3 after 181 seconds.'
    )
    server.answers(half_ := ok(half), half_, half_)
    with pytest.raises(ProviderError, match="gave up half-way: runtime error: Query timed out"):
        fetch(server, pack)


def test_a_city_without_districts_in_openstreetmap_is_an_error(
    server: Server, pack: citypack.CityPack
) -> None:
    server.answers(ok(answer()))
    with pytest.raises(ProviderError, match="no district boundary inside Jia"):
        fetch(server, pack)


def test_an_unreachable_server_is_one_sentence(pack: citypack.CityPack) -> None:
    with pytest.raises(ProviderError, match="could not be reached"):
        boundaries.fetch(pack, url="http://127.0.0.1:9/", retry=Retry(times=0))


def test_only_http_addresses_are_asked(pack: citypack.CityPack) -> None:
    with pytest.raises(ProviderError, match="no http or https"):
        boundaries.fetch(pack, url="file:///etc/passwd")


def test_progress_is_told_in_bytes(server: Server, pack: citypack.CityPack) -> None:
    seen: list[tuple[int, int]] = []
    body = answer(*CITY)
    server.answers(ok(body))
    fetch(server, pack, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(body), len(body))


def run(*args: str) -> Any:
    """Run the command line as a user does; exit codes and both streams."""
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(args))
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_the_command_writes_both_levels_with_attribution(
    server: Server, pack: citypack.CityPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(boundaries.ENDPOINT_VARIABLE, server.url)
    server.answers(ok(answer(*CITY)))
    code, out, err = run(
        "--lang", "zh", "boundaries", "fetch", "--city", str(pack.folder), "-w", str(tmp_path)
    )
    assert (code, err) == (0, "")
    assert "2 个区、3 个镇街（数据截至 2025-03-04）" in out
    assert "© OpenStreetMap contributors" in out
    written = json.loads((tmp_path / "boundaries" / "districts.geojson").read_bytes())
    assert written["metadata"]["source"] == boundaries.ATTRIBUTION
    assert written["metadata"]["data_date"] == "2025-03-04"
    back = gpd.read_file(tmp_path / "boundaries" / "towns.geojson")
    assert back["name"].tolist() == ["桥头镇", "桥头镇", "西村街道"]


def test_the_command_fails_with_one_sentence_and_writes_nothing(
    server: Server, pack: citypack.CityPack, tmp_path: Path
) -> None:
    server.answers(status(400))
    code, out, err = run("--lang", "en", "boundaries", "fetch", "--city", str(pack.folder), "-w", str(tmp_path), "--url", server.url)  # fmt: skip
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def own_file(tmp_path: Path, column: str = "MC") -> Path:
    from industrymap import datum

    shapes = [shapely.box(113.5, 23.1, 113.9, 23.5), shapely.box(113.1, 23.1, 113.5, 23.5)]
    moved = datum.convert_geometry(shapes, source="wgs84", target="gcj02")
    frame = gpd.GeoDataFrame(
        {"OBJ": ["a", "b"], column: ["东城区", "西区"]}, geometry=list(moved), crs=4326
    )
    frame.to_file(tmp_path / "mine.geojson", driver="GeoJSON")
    return tmp_path / "mine.geojson"


def test_a_users_own_file_is_moved_and_named(pack: citypack.CityPack, tmp_path: Path) -> None:
    found = boundaries.convert(own_file(tmp_path), pack=pack, declared="gcj02")
    assert found.decisions[-1].zh.startswith("名称取自“")
    assert "unmatched" not in {decision.kind for decision in found.decisions}
    districts = found.levels["districts"]
    assert districts["code"].tolist() == ["990101", "990102"]
    assert districts["name"].tolist() == ["东区", "西区"]
    assert districts.geometry[0].bounds == pytest.approx((113.5, 23.1, 113.9, 23.5), abs=1e-6)
    assert found.source == "mine.geojson"


def test_the_command_converts_a_users_own_file(pack: citypack.CityPack, tmp_path: Path) -> None:
    path = own_file(tmp_path)
    code, out, _ = run("--lang", "en", "boundaries", "fetch", "--city", str(pack.folder), "-w", str(tmp_path), "--from", str(path), "--datum", "gcj02")  # fmt: skip
    assert code == 0
    assert "2 districts" in out
    assert (tmp_path / "boundaries" / "districts.geojson").is_file()


def test_a_file_without_the_citys_divisions_is_refused(
    pack: citypack.CityPack, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["别处"]}, geometry=[shapely.box(113.5, 23.1, 113.9, 23.5)], crs=4326
    )
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    with pytest.raises(LayerError, match="no feature has the name of a district of Jia"):
        boundaries.convert(tmp_path / "a.geojson", pack=pack)


def test_boundaries_far_from_the_city_are_reported(pack: citypack.CityPack, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["东区"]}, geometry=[shapely.box(116, 39, 117, 40)], crs=4326)
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    found = boundaries.convert(tmp_path / "a.geojson", pack=pack)
    assert "outside" in " ".join(found.issues["en"])


def test_help_answers() -> None:
    from industrymap.cli.boundaries import command

    assert "OpenStreetMap" in CliRunner().invoke(command, ["fetch", "--help"]).output


@pytest.mark.real
def test_real_district_files_are_named_by_the_guangzhou_pack(real: Path) -> None:
    guangzhou = citypack.load("guangzhou")
    for name, declared in (("districts_gcj02", "gcj02"), ("districts_wgs84_coarse", None)):
        found = boundaries.convert(real / f"{name}.geojson", pack=guangzhou, declared=declared)
        assert len(found.levels["districts"]) == 11
        assert "boundaries.missing" not in set(found.issues["rule"])
