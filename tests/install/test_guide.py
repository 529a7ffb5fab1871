"""A plain shop follows docs/howto/install.md to the letter, with the built wheel."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.install.guide import Section, read

HERE = Path(__file__).resolve().parent
HOWTO = HERE.parents[1] / "docs" / "howto"
GUIDE = {section.title: section for section in read(HOWTO / "install.md")}
SHOP_TABLES = ("wares_maker", "wares_ware", "wares_wareimage")


class Shop:
    """The shop's folder, its environment and its running worker."""

    def __init__(self, folder: Path, packages: Path) -> None:
        self.folder = folder
        self.packages = packages
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO", "PRODIMAGES", "DATABASE", "BROKER"))
        }
        self.environment["PYTHONPATH"] = str(packages)
        self.worker: subprocess.Popen[bytes] | None = None

    def run(self, command: str, *, ok: bool = True) -> str:
        """Run what the reader types; returns its output, errors included."""
        result = subprocess.run(
            _argv(command),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=90,
            check=False,
        )
        assert (result.returncode == 0) is ok, f"{command}\n{result.stdout}"
        return result.stdout

    def follow(self, section: Section) -> str:
        """Do everything that a section of the guide says; returns the commands' output."""
        output = ""
        for block in section.blocks:
            if block.file:
                block.apply(self.folder)
            for command in block.commands:
                output += self._type(command)
        return output

    def _type(self, command: str) -> str:
        if " pip install " in command:
            return ""  # the wheel is installed already, without its dependencies
        if command.startswith("celery "):
            self.start_worker(command)
            return ""
        return self.run(command)

    def staff(self, *words: str) -> Any:
        return json.loads(self.run(" ".join(["python manage.py staff", *words])).splitlines()[-1])

    def start_worker(self, command: str) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                _argv(command),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop_worker(self) -> None:
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGTERM)
            try:
                self.worker.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.worker.pid, signal.SIGKILL)
                self.worker.wait()
            self.worker = None

    def tables(self) -> dict[str, str]:
        """The schema of every table, by its name."""
        with sqlite3.connect(self.folder / "shop.sqlite3") as database:
            return dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type='table'"))

    def rows(self) -> list[list[tuple[Any, ...]]]:
        with sqlite3.connect(self.folder / "shop.sqlite3") as database:
            return [
                database.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
                for table in SHOP_TABLES
            ]


def _argv(command: str) -> list[str]:
    first, *rest = command.split()
    module = {"python": [], "celery": ["-m", "celery"]}[first]
    return [sys.executable, *module, *rest]


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Shop:
    """A shop that has run for a while, with prodimages installed and not yet used."""
    packages = tmp_path_factory.mktemp("packages")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages)]
    subprocess.run([sys.executable, *install, str(wheel)], check=True, timeout=60)
    folder = tmp_path_factory.mktemp("open") / "shop"
    shutil.copytree(HERE / "shop", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shop = Shop(folder, packages)
    shop.run("python manage.py migrate --verbosity 0")
    shop.run("python manage.py open_shop")
    shutil.copy(HERE / "staff.py", folder / "wares" / "management" / "commands")
    return shop


@pytest.fixture
def shop(tmp_path: Path, open_shop: Shop) -> Iterator[Shop]:
    """That shop, to do to it what the guide says."""
    folder = tmp_path / "shop"
    shutil.copytree(open_shop.folder, folder)
    shop = Shop(folder, open_shop.packages)
    yield shop
    shop.stop_worker()


def section(start: str) -> Section:
    (found,) = [section for title, section in GUIDE.items() if title.startswith(start)]
    return found


def permissions() -> list[str]:
    return re.findall(r"^\| `(prodimages\.\w+)`", section("7.").text, flags=re.MULTILINE)


@pytest.mark.slow
def test_a_shop_follows_the_guide_from_its_first_line_to_its_last(shop):
    before, rows = shop.tables(), shop.rows()
    for number in (1, 2, 3, 4):
        shop.follow(section(f"{number}."))
    checked = shop.follow(section("5."))
    assert set(re.findall(r"prodimages\.[EW]\d+", checked)) == {
        "prodimages.W001",
        "prodimages.W003",
    }
    after = shop.tables()
    assert {name: after[name] for name in before} == before
    assert shop.rows() == rows
    assert "No changes detected" in shop.run("python manage.py makemigrations --check")

    shop.follow(section("6."))
    generated = shop.staff("generate", "white-packshot", *permissions())
    assert generated["from"].startswith(str(shop.packages))
    assert [label[:12] for label in generated["jobs"]] == ["Blue vase", "Salt-glazed "]
    assert generated["heavy"] == []
    assert shop.staff("look") == {
        "own template": True,
        "button": True,
        "api": [200, 3, 1],
        "queue": "counter",
        "heavy": [],
    }
    approved = shop.staff("approve")
    log = (shop.folder / "worker.log").read_text()
    assert approved["jobs"] == ["succeeded"], log
    assert set(approved["pictures"].values()) == {"published"}
    check_pictures(shop, approved["shop"])
    assert [row[:3] for row in shop.rows()[2][:3]] == [row[:3] for row in rows[2]]
    assert (shop.folder / "media-prodimages-private").is_dir()

    shop.stop_worker()
    shop.follow(section("8."))
    assert shop.staff("approve")["shop"] == approved["shop"]
    shop.follow(Section("Testing", (HOWTO / "testing.md").read_text()))
    shop.follow(section("6."))
    wait_for(lambda: "ready." in (shop.folder / "worker.log").read_text()[len(log) :])
    examined = shop.follow(section("If something"))
    assert "wares.Ware" in examined
    shop.stop_worker()

    published = shop.rows()
    shop.follow(section("Take it out"))
    assert not [name for name in shop.tables() if name.startswith("prodimages")]
    assert shop.rows() == published


def check_pictures(shop: Shop, pictures: list[list[str]]) -> None:
    """Each ware of ann's has its photo and one picture of ours, in the shop's own storage."""
    from PIL import Image

    assert len(pictures) == 5
    ours = [row for row in pictures if "prodimages-" in row[1]]
    assert len({title for title, *_rest in ours}) == len(ours) == 2
    for title, name, path, caption in ours:
        assert name.startswith("wares/2")
        assert Path(path).is_relative_to(shop.folder / "shelf")
        assert caption == title
        with Image.open(path) as picture:
            assert picture.size == (512, 512)
            assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_without_the_product_migration_migrate_stops_and_names_it(shop):
    shop.follow(section("2."))
    settings = shop.folder / "shop" / "settings.py"
    (line,) = re.findall(r"^PRODIMAGES_PRODUCT_MIGRATION.*$", settings.read_text(), re.MULTILINE)
    settings.write_text(settings.read_text().replace(line, ""))
    shop.follow(section("3."))
    output = shop.run("python manage.py migrate", ok=False)
    assert "prodimages.E007" in output
    assert f"Set {line}." in output


def test_the_shops_backend_is_at_most_twenty_lines():
    (block,) = section("3.").blocks
    lines = [line for line in block.text.splitlines() if line.strip()]
    assert len(lines) <= 20
