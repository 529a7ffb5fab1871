"""Takes the tutorial's screenshots from a running demo (make demo).

    python docs/screenshots.py PASSWORD [http://127.0.0.1:8000]

PASSWORD is the one that the demo printed. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")

import django  # noqa: E402

django.setup()

from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from prodimages.choices import SourceType  # noqa: E402
from prodimages.imaging.encode import encode  # noqa: E402

SIZE = {"width": 1180, "height": 760}


def main() -> None:
    if len(sys.argv) not in {2, 3}:
        raise SystemExit(__doc__)
    password, *rest = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(
            base_url=rest[0] if rest else "http://127.0.0.1:8000",
            viewport=SIZE,  # type: ignore[arg-type]
            color_scheme="light",
        )
        log_in(page, password)
        shoot_form(page)
        shoot_job(page)
        page.goto("/")
        save(page, "shop")
        browser.close()


def log_in(page: Page, password: str) -> None:
    page.goto("/admin/login/")
    page.fill("#id_username", "demo")
    page.fill("#id_password", password)
    page.click("input[type=submit]")


def shoot_form(page: Page) -> None:
    page.goto("/admin/prodimages_catalogue/product/")
    for name in ("Tide mug", "Harbor table lamp"):
        page.locator("#result_list tr", has_text=name).locator(".action-select").check()
    page.select_option("select[name=action]", label="Generate images…")
    page.click("button[name=index]")
    page.get_by_role("radio", name="Walnut and sage").check()
    page.fill("#id_count", "2")
    page.locator("#id_prompt").press_sequentially("warm light from the right, an elephant")
    page.locator("#preview", has_text="elephant.").wait_for()
    save(page, "admin-generate")


def shoot_job(page: Page) -> None:
    page.goto("/admin/prodimages/generationjob/?q=Harbor+table+lamp")
    page.locator("#result_list tr", has_text="Oak table").get_by_role("link").first.click()
    save(page, "admin-job")


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    mark = SourceType.COMPOSITE_SYNTHETIC.value
    content = encode(picture, format="webp", quality=82, source_type=mark)
    (IMAGES / f"{name}.webp").write_bytes(content)


if __name__ == "__main__":
    main()
