"""The cut-out page in a real browser: what is painted is what is stored, and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import FailureKind, JobState
from prodimages.models import Cutout, GenerationJob
from prodimages.services import execution, files
from prodimages.storage import private_storage
from tests.browser.test_admin import expect, log_in
from tests.conftest import FLAT
from tests.factories import make_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stopped(shop, settings) -> GenerationJob:
    """A job that waits for a look at its cut-out; its photo has 320 x 240 pixels."""
    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 1.1}
    job = make_job()
    execution.run_next(["prodimages"])
    job.refresh_from_db()
    assert job.error_kind == FailureKind.CHECK_CUTOUT
    return job


def pixels(cutout: Cutout) -> np.ndarray:
    image = Image.open(io.BytesIO(files.read(private_storage(), cutout.file.name)))
    assert image.mode == "L"
    return np.asarray(image).astype(int)


def open_editor(page, shop: str, job: GenerationJob) -> tuple[float, float]:
    """From the job's page to the editor at 100 %; returns where the photo begins on the screen."""
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/generationjob/{job.pk}/change/")
    page.click("text=Check the cut-out")
    page.wait_for_selector("#cutout-editor[data-ready=true]")
    page.click("text=100 %")
    expect(page.locator("#cutout-zoom")).to_have_text("100 %")
    box = page.locator("#cutout-canvas").bounding_box()
    return (
        box["x"] + round((round(box["width"]) - 320) / 2),
        box["y"] + round((round(box["height"]) - 240) / 2),
    )


def paint(page, origin: tuple[float, float], *points: tuple[int, int]) -> None:
    (x, y), *rest = [(origin[0] + left, origin[1] + top) for left, top in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for to_x, to_y in rest:
        page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def brush_size(page) -> int:
    return int(page.locator("#cutout-size-value").text_content().removesuffix(" px"))


def near(points, radius: float) -> np.ndarray:
    """Pixels whose middle is within ``radius`` of the segment between two points."""
    (x0, y0), (x1, y1) = points
    y, x = np.mgrid[:240, :320] + 0.5
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / max(1, (x1 - x0) ** 2 + (y1 - y0) ** 2)
    along = along.clip(0, 1)
    return np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)) <= radius


def test_what_is_painted_is_what_changes_and_the_job_goes_on(chromium, shop, stopped):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    found = stopped.photo.cutouts.get()
    before = pixels(found)
    origin = open_editor(page, shop, stopped)

    keep, remove = ((20, 30), (70, 30)), ((150, 120), (190, 120))
    paint(page, origin, *keep)
    size = brush_size(page)
    page.keyboard.press("r")
    page.keyboard.press("]")
    larger = brush_size(page)
    assert larger > size
    paint(page, origin, *remove)
    paint(page, origin, (10, 200), (300, 230))  # ... and taken back
    page.keyboard.press("Control+z")
    expect(page.locator("[data-do=redo]")).to_be_enabled()
    expect(page.locator(".pi-editor-status")).to_have_text("There are changes that are not saved.")

    page.click("text=Save as a draft")
    expect(page.locator(".messagelist")).to_contain_text("saved as a draft")
    draft = stopped.photo.cutouts.exclude(pk=found.pk).get()
    assert draft.based_on == found
    after = pixels(draft)
    changed = after != before
    touched = near(keep, size / 2 + 2) | near(remove, larger / 2 + 2)
    assert not (changed & ~touched).any()
    assert (after[near(keep, size / 2 - 3)] == 255).all()
    assert (after[near(remove, larger / 2 - 3)] == 0).all()
    assert stopped.photo.jobs.get().state == JobState.FAILED

    row = page.locator(".pi-version", has_text="Version 2")
    expect(row).to_contain_text("Painted by boss over version 1")
    row.locator("text=Use this version").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "1 job that waited for it is queued again."
    )
    assert f"/generationjob/{stopped.pk}/change/" in page.url
    draft.refresh_from_db()
    assert draft.approved_by.username == "boss"
    execution.run_next(["prodimages"])
    stopped.refresh_from_db()
    assert stopped.state == JobState.SUCCEEDED
    assert not errors
    page.close()


def test_twenty_strokes_can_be_taken_back_and_done_again(chromium, shop, stopped):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    found = stopped.photo.cutouts.get()
    origin = open_editor(page, shop, stopped)
    page.click("[data-tool=remove]")
    for number in range(20):
        paint(page, origin, (20 + 14 * number, 40), (20 + 14 * number, 200))
    for _stroke in range(20):
        page.keyboard.press("Control+z")
    expect(page.locator("[data-do=undo]")).to_be_disabled()
    expect(page.locator(".pi-editor-status")).to_have_text("")
    for _stroke in range(20):
        page.keyboard.press("Control+Shift+z")
    expect(page.locator("[data-do=redo]")).to_be_disabled()
    for _stroke in range(20):
        page.keyboard.press("Control+z")
    paint(page, origin, (10, 10), (12, 10))
    page.click("text=Save and use")
    expect(page.locator(".messagelist")).to_contain_text("queued again")
    saved = Cutout.objects.in_force(stopped.photo)
    changed = pixels(saved) != pixels(found)
    assert not changed[60:].any()
    page.close()


def test_all_is_done_by_keyboard(chromium, shop, stopped):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    found = stopped.photo.cutouts.get()
    open_editor(page, shop, stopped)
    page.keyboard.press("4")
    expect(page.locator("[data-backdrop=magenta]")).to_have_attribute("aria-pressed", "true")
    page.focus("#cutout-canvas")
    page.keyboard.press("r")
    page.keyboard.press("ArrowRight")
    page.keyboard.down("Enter")
    for _step in range(3):
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.up("Enter")
    page.keyboard.press("0")
    page.keyboard.press("+")
    page.focus("[data-save=use]")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("uses this version")
    after, before = pixels(Cutout.objects.in_force(stopped.photo)), pixels(found)
    assert (after <= before).all()
    assert (after[60:120, 168] == 0).all()
    assert (before[60:120, 168] == 255).any()
    page.close()


def test_a_lost_connection_loses_no_stroke(chromium, shop, stopped):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    origin = open_editor(page, shop, stopped)
    paint(page, origin, (20, 30), (70, 30))
    page.context.set_offline(True)
    page.click("text=Save and use")
    expect(page.locator(".pi-editor-status")).to_contain_text("can't be reached")
    page.context.set_offline(False)
    page.click("text=Save and use")
    expect(page.locator(".messagelist")).to_contain_text("uses this version")
    assert stopped.photo.cutouts.count() == 2
    page.close()


def test_the_editor_works_under_a_strict_content_security_policy(chromium, shop, stopped, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.csp.strict"]
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    said = []
    page.on("console", lambda message: said.append(message.text))
    origin = open_editor(page, shop, stopped)
    paint(page, origin, (20, 30), (70, 30))
    page.click("text=Save as a draft")
    expect(page.locator(".messagelist")).to_contain_text("saved as a draft")
    assert not [text for text in said if "Content Security Policy" in text]
    page.close()


def test_one_finger_paints_and_two_zoom(chromium, shop, stopped):
    context = chromium.new_context(viewport={"width": 800, "height": 1000}, has_touch=True)
    page = context.new_page()
    left, top = open_editor(page, shop, stopped)
    devtools = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        fingers = [
            {"x": left + x, "y": top + y, "id": number} for number, (x, y) in enumerate(points)
        ]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (20, 20))
    touch("touchMove", (60, 20))
    touch("touchEnd")
    expect(page.locator("[data-do=undo]")).to_be_enabled()
    touch("touchStart", (100, 100))
    touch("touchStart", (100, 100), (200, 100))
    for step in range(1, 11):
        touch("touchMove", (100 - 5 * step, 100), (200 + 5 * step, 100))
    touch("touchEnd")
    zoom = int(page.locator("#cutout-zoom").text_content().removesuffix(" %"))
    assert 170 < zoom < 230
    page.keyboard.press("Control+z")  # the one stroke; what two fingers began was given up
    expect(page.locator("[data-do=undo]")).to_be_disabled()
    context.close()


def test_without_scripts_a_mask_is_downloaded_corrected_and_uploaded(
    chromium, shop, stopped, tmp_path
):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/generationjob/{stopped.pk}/change/")
    page.click("text=Check the cut-out")
    expect(page.locator("#cutout-editor")).to_be_hidden()
    with page.expect_download() as download:
        page.click(".pi-version >> text=Download mask")
    path = tmp_path / "mask.png"
    download.value.save_as(path)
    mask = Image.open(path)
    assert mask.size == (320, 240)
    mask.paste(255, (0, 0, 60, 60))
    mask.save(path)
    page.set_input_files("#id_mask", path)
    page.click("button >> text=Upload the mask")
    expect(page.locator(".messagelist")).to_contain_text("queued again")
    used = Cutout.objects.in_force(stopped.photo)
    assert used.by_staff
    assert (pixels(used)[:60, :60] == 255).all()
    context.close()
