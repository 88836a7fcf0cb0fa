"""Nobody but the desk's own page, on this machine, can read from it or have anything done."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest
import requests
from desk_server import Running, running
from tiny_workspace import tiny_workspace

from industrymap.desk.jobs import Job
from industrymap.desk.outputs import number_of
from industrymap.desk.rooms import Desk
from industrymap.desk.shelf import Shelf, plain_name
from industrymap.desk.work import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRMS = "企业名称,营业收入(万元)\n甲公司,1200\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("desk")
    with running(folder / "home", tiny_workspace(folder / "city", FIRMS)) as found:
        yield found


def test_its_own_page_is_answered(desk: Running) -> None:
    answer = desk.get("/")
    assert answer.status_code == 200
    assert "<script>" in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""]
)
def test_another_name_for_this_machine_is_refused(desk: Running, host: str) -> None:
    """A foreign name that was made to point here (DNS rebinding) arrives as the name of the host."""
    assert desk.get("/api/desk", Host=host).status_code == 403


def test_two_names_at_once_are_refused(desk: Running) -> None:
    asked = http.client.HTTPConnection("127.0.0.1", desk.keys.port, timeout=10)
    asked.putrequest("GET", "/api/desk", skip_host=True)
    for host in (f"127.0.0.1:{desk.keys.port}", "evil.example"):
        asked.putheader("Host", host)
    asked.putheader("Cookie", f"{desk.keys.cookie}={desk.keys.session}")
    asked.endheaders()
    assert asked.getresponse().status in {400, 403}


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"]
)
def test_a_page_of_another_origin_is_refused(desk: Running, origin: str) -> None:
    assert desk.get("/api/desk", Origin=origin).status_code == 403
    assert desk.post("/api/desk/sample", Origin=origin).status_code == 403
    assert desk.desk.making is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_says_comes_from_elsewhere_is_refused(desk: Running, site: str) -> None:
    assert desk.get("/api/desk", **{"Sec-Fetch-Site": site}).status_code == 403


def test_no_answer_allows_another_origin(desk: Running) -> None:
    asked = requests.options(
        f"{desk.base}/api/desk/sample",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
        timeout=10,
    )
    assert asked.status_code == 403
    assert not [name for name in asked.headers if name.lower().startswith("access-control")]


def test_without_the_cookie_nothing_is_told(desk: Running) -> None:
    for path in ("/", "/api/desk", "/api/events", f"/w/{desk.desk.first}/map"):
        assert requests.get(desk.base + path, timeout=10).status_code == 403


def test_a_wrong_token_gets_no_cookie(desk: Running) -> None:
    asked = requests.get(f"{desk.base}/start?token=x", allow_redirects=False, timeout=10)
    assert asked.status_code == 403
    assert "set-cookie" not in asked.headers


def test_the_token_is_exchanged_for_a_strict_cookie_and_leaves_the_address(desk: Running) -> None:
    asked = requests.get(desk.keys.address, allow_redirects=False, timeout=10)
    assert asked.headers["location"] == "/"
    cookie = asked.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert desk.keys.token not in asked.headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"X-Desk": "1", "Content-Type": "text/plain"},
        {"X-Desk": "1", "Content-Type": "multipart/form-data"},
        {"X-Desk": "1"},
    ],
)
def test_what_a_form_of_a_foreign_page_can_send_changes_nothing(desk: Running, headers: dict[str, str]) -> None:  # fmt: skip
    asked = requests.post(
        f"{desk.base}/api/desk/sample", data="{}", headers=headers, cookies=desk.cookies, timeout=10
    )
    assert asked.status_code == 403
    assert desk.desk.making is None


@pytest.mark.parametrize("path", ["/api/desk/sample", "/api/w/0/build"])
def test_nothing_is_changed_by_reading(desk: Running, path: str) -> None:
    assert desk.get(path).status_code in {404, 405}


def test_every_answer_says_that_it_is_what_it_says(desk: Running) -> None:
    for path in ("/", "/api/desk", "/nowhere"):
        headers = desk.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


def test_the_policy_names_scripts_by_hash_and_no_other_host(desk: Running) -> None:
    policy = desk.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.count("'sha256-") == 3


@pytest.mark.parametrize("path", ["/w/x/../../etc/passwd", "/w/{id}/out/..%2F..%2Findustrymap.toml", "/w/{id}/out/industrymap.toml"])  # fmt: skip
def test_no_path_of_the_browser_reaches_a_file(desk: Running, path: str) -> None:
    answer = desk.get(path.replace("{id}", desk.desk.first))
    assert answer.status_code in {404, 409}
    assert "title" not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../industrymap.toml", "industrymap.toml"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("a/../b.csv", "b.csv"),
        ("con.csv", "_con.csv"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("企业\u202egnp.csv", "企业gnp.csv"),
        ("..", ""),
    ],
)
def test_only_a_plain_name_of_a_dropped_file_is_kept(given: str, kept: str) -> None:
    assert plain_name(given) == kept


def test_a_dropped_file_lands_in_the_inbox_and_nowhere_else(desk: Running) -> None:
    number = desk.desk.first
    folder = desk.desk.opened[number].folder
    before = {p: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    draft = desk.post(f"/api/w/{number}/arrive", {"names": ["../../../firms.csv"]}).json()["draft"]
    assert desk.send(f"/api/w/{number}/arrive/{draft}/0", FIRMS.encode()).status_code == 200
    assert (folder / ".industrymap" / "inbox" / draft / "firms.csv").read_text("utf-8") == FIRMS
    assert {p: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


@pytest.mark.parametrize(
    "names", [[], ["..", "a.csv"], ["a.csv", "A.csv"], "a.csv", [1], ["x.csv"] * 13]
)
def test_names_that_are_none_are_refused(desk: Running, names: object) -> None:
    assert desk.post(f"/api/w/{desk.desk.first}/arrive", {"names": names}).status_code == 409


@pytest.mark.parametrize("draft", ["..", "%2e%2e", "0000000000000000", "names.json"])
def test_only_drafts_that_the_desk_numbered_take_anything(desk: Running, draft: str) -> None:
    answer = desk.send(f"/api/w/{desk.desk.first}/arrive/{draft}/0", b"x")
    assert answer.status_code in {404, 409}


def test_a_request_that_is_no_json_is_refused_with_a_sentence(desk: Running) -> None:
    for body in (b"{", b"[1]", b"[" * 100_000, b'"' + b"x" * (2 << 20) + b'"'):
        sent = {"X-Desk": "1", "Content-Type": "application/json"}
        answer = requests.post(
            f"{desk.base}/api/desk/new", data=body, headers=sent, cookies=desk.cookies, timeout=10
        )
        assert answer.status_code == 409
        assert answer.json()["en"].startswith("The request")


def test_a_second_desk_says_that_the_workspace_is_open(desk: Running, tmp_path: Path) -> None:
    folder = desk.desk.opened[desk.desk.first].folder
    with pytest.raises(RefusedError, match="open in another desk") as refused:
        Desk(Shelf(tmp_path)).enter(folder)
    assert refused.value.held_by.isdecimal()


def test_a_lock_that_was_let_go_of_is_taken_over(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    first, second = Desk(Shelf(tmp_path / "a")), Desk(Shelf(tmp_path / "b"))
    number = first.enter(folder)
    first.opened[number].lock.release()
    assert second.enter(folder) == number
    second.opened[number].lock.release()


def test_a_folder_that_is_no_workspace_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is no workspace"):
        Desk(Shelf(tmp_path)).enter(tmp_path)


def test_the_map_is_opened_in_a_box_of_its_own(desk: Running) -> None:
    folder = desk.desk.opened[desk.desk.first].folder
    (folder / "outputs").mkdir(exist_ok=True)
    (folder / "outputs" / "map.html").write_text("<p>map", encoding="utf-8")
    answer = desk.get(f"/w/{desk.desk.first}/map")
    assert answer.headers["content-security-policy"].startswith("sandbox ")
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    found = desk.get(f"/w/{desk.desk.first}/out/{number_of(folder / 'outputs' / 'map.html')}")
    assert found.headers["content-disposition"].startswith("attachment")


def test_the_list_of_workspaces_survives_and_names_no_path(desk: Running) -> None:
    told = json.dumps(desk.get("/api/desk").json())
    assert str(desk.desk.shelf.folder.parent) not in told
    assert Shelf(desk.desk.shelf.folder).workspaces()[0]["id"] == desk.desk.first


def test_a_city_is_one_of_the_program_s_own_and_no_folder(desk: Running) -> None:
    answer = desk.post("/api/desk/new", {"title": "x", "city": "../../pack"})
    assert answer.json()["en"] == "Choose a city."
    assert not (desk.desk.shelf.folder / "x").exists()


def test_an_answer_that_a_build_would_overwrite_waits(desk: Running) -> None:
    number = desk.desk.first
    room = desk.desk.opened[number]
    room.job = Job(kind="build", changed=lambda: None)
    answer = desk.post(f"/api/w/{number}/places/save", {"id": "x"})
    room.job = None
    assert answer.status_code == 409
    assert "A build is running" in answer.json()["en"]
