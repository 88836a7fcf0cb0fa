"""The zip for offices without internet: complete for its platform, installed from wheels alone, naming no address."""

from __future__ import annotations

import re
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("make.py", "install.sh", "install.bat", "INSTALL.html")


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "bundle/make.py"))


def wheel(folder: Path, name: str, *asks: str, tag: str = "py3-none-any") -> Path:
    stem, version = name.split("-")
    said = "".join(f"Requires-Dist: {ask}\n" for ask in asks)
    path = folder / f"{name}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {stem}\nVersion: {version}\n{said}")  # fmt: skip
    return path


def test_what_is_asked_for_on_windows_only_is_missed_there_and_not_on_linux(
    bundle: dict[str, Any], tmp_path: Path
) -> None:
    wheels = [
        wheel(tmp_path, "industrymap-0.1.0", "click>=8"),
        wheel(tmp_path, "click-8.1", 'colorama; platform_system == "Windows"'),
    ]
    assert bundle["faults"](wheels, "linux", "3.12") == []
    (fault,) = bundle["faults"](wheels, "win_amd64", "3.12")
    assert "colorama" in fault
    assert "missing" in fault
    wheels.append(wheel(tmp_path, "colorama-0.4"))
    assert bundle["faults"](wheels, "win_amd64", "3.12") == []


def test_a_wheel_of_another_platform_or_python_and_a_wrong_version_are_found(
    bundle: dict[str, Any], tmp_path: Path
) -> None:
    wheels = [
        wheel(tmp_path, "industrymap-0.1.0", "numpy>=2", "click[extra]"),
        wheel(tmp_path, "numpy-1.9", tag="cp311-cp311-win_amd64"),
        wheel(tmp_path, "click-8.1", 'more; extra == "extra"'),
    ]
    found = bundle["faults"](wheels, "win_amd64", "3.12")
    assert len(found) == 3
    assert any("cannot be installed on win_amd64" in one for one in found)
    assert any("1.9 is there" in one for one in found)
    assert any("more" in one and "missing" in one for one in found)
    assert not any("cannot be installed" in one for one in bundle["faults"](wheels, "win_amd64", "3.11"))  # fmt: skip


def test_the_zip_names_every_wheel_with_its_hash_and_is_the_same_twice(
    bundle: dict[str, Any], tmp_path: Path
) -> None:
    wheels = [wheel(tmp_path, "industrymap-0.1.0"), wheel(tmp_path, "click-8.1")]
    packed = [bundle["pack"](wheels, "win_amd64", "3.12", tmp_path).read_bytes() for _ in range(2)]
    assert packed[0] == packed[1]
    with zipfile.ZipFile(tmp_path / "industrymap-0.1.0-win_amd64-py312.zip") as one:
        names = {name.partition("/")[2] for name in one.namelist()}
        asked = one.read("industrymap-0.1.0-win_amd64-py312/requirements.txt").decode()
        script = one.read("industrymap-0.1.0-win_amd64-py312/install.bat").decode()
    assert {"install.bat", "INSTALL.html", "requirements.txt"} < names
    assert "install.sh" not in names
    assert re.findall(r"^(\S+)==(\S+) --hash=sha256:[0-9a-f]{64}$", asked, re.MULTILINE) == [("click", "8.1"), ("industrymap", "0.1.0")]  # fmt: skip
    assert "py -3.12-64" in script
    assert "\r\n" in script
    assert "@PYTHON@" not in script


@pytest.mark.parametrize("name", FILES)
def test_no_file_of_the_bundle_names_an_address(name: str) -> None:
    text = (ROOT / "bundle" / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|\bwww\.|index-url", text) == []


@pytest.mark.parametrize("name", ["install.sh", "install.bat"])
def test_an_installer_asks_no_index_and_checks_every_hash(name: str) -> None:
    text = (ROOT / "bundle" / name).read_text(encoding="utf-8")
    assert "--no-index" in text
    assert "--require-hashes" in text


def test_every_requirement_on_every_platform_has_a_version(bundle: dict[str, Any]) -> None:
    known = bundle["constraints"]()
    assert {"colorama", "click", "pyarrow", "tzdata"} <= set(known)
