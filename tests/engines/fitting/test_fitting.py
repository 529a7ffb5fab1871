"""The fitting preview: what geometry finds, what it changes, and what it refuses in words."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prodimages.choices import FailureKind, Task
from prodimages.engines.base import GenerationRequest, TryOn
from prodimages.engines.fitting import Fitting, FittingEngine
from prodimages.engines.fitting.fit import fit
from prodimages.engines.fitting.garment.find import find_marks
from prodimages.engines.fitting.landmarks.find import find_pose
from prodimages.engines.fitting.region import changes_of
from prodimages.engines.fitting.render import shade_of
from prodimages.engines.fitting.wearer.look import look_at
from prodimages.exceptions import JobFailure
from prodimages.imaging.pose import Pose
from tests.wearing import GROUND, person, top

RED = (150, 36, 44)


def seen(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Pixels, and a perfect cut-out from the plain ground."""
    rgb = np.asarray(image.convert("RGB"))
    far = np.abs(rgb.astype(int) - np.array(GROUND)).max(axis=-1)
    return rgb, (far > 24).astype(np.float32)


def worn(garment: Image.Image, who: Image.Image) -> Fitting:
    rgb, alpha = seen(who)
    pose = find_pose(alpha)
    wearer = look_at(rgb, alpha, pose.in_pixels(rgb.shape[1], rgb.shape[0]))
    cloth, cover = seen(garment)
    fitted = fit(cloth, cover, find_marks(cloth, cover), wearer)
    return Fitting(wearer, fitted, changes_of(wearer, fitted))


def made(fitting: Fitting) -> np.ndarray:
    shape = fitting.person.alpha.shape
    request = GenerationRequest(
        task=Task.TRY_ON,
        prompt="",
        seed=1,
        width=shape[1],
        height=shape[0],
        try_on=TryOn(
            person=fitting.person.rgb,
            garment=fitting.person.rgb,
            region=fitting.changes.region,
            fitting=fitting,
        ),
    )
    (picture,) = FittingEngine("fitting", {}).generate(
        [request], on_progress=lambda share: None, is_canceled=lambda: False
    )
    assert picture.metadata["preview"] is True
    return np.rint(picture.rgb * 255).astype(int)


def test_a_tee_lies_on_the_trunk_and_nothing_else_changes():
    fitting = worn(top(RED), person())
    picture, photo = made(fitting), fitting.person.rgb.astype(int)
    outside = ~fitting.changes.region
    assert np.array_equal(picture[outside], photo[outside])
    for x, y in ((180, 200), (150, 250), (210, 280), (118, 165)):
        assert np.abs(picture[y, x] - RED).max() < 45, (x, y, picture[y, x])
    face = (slice(40, 110), slice(150, 210))
    assert not fitting.changes.region[face].any()


def test_hands_and_arms_before_the_body_stay():
    fitting = worn(top(RED), person(arms="crossed"))
    picture, photo = made(fitting), fitting.person.rgb.astype(int)
    hand = (slice(220, 232), slice(208, 220))
    assert np.abs(picture[hand] - photo[hand]).max() <= 12


def test_the_same_pictures_give_the_same_preview():
    one, two = (made(worn(top(RED), person())) for _again in range(2))
    assert np.array_equal(one, two)


def test_a_prompt_or_a_parameter_is_refused():
    assert "strength" in FittingEngine("fitting", {}).refuse({"strength": 1})[0]


@pytest.mark.parametrize("arms", ["away", "down"])
def test_landmarks_are_near_the_drawn_joints(arms):
    _rgb, alpha = seen(person(arms=arms))
    points = find_pose(alpha).in_pixels(360, 480)
    for name, place, reach in (
        ("left_shoulder", (120, 146), 20),
        ("right_shoulder", (240, 146), 20),
        ("neck", (180, 132), 16),
        ("left_hip", (136, 300), 40),
    ):
        assert np.hypot(*np.subtract(points[name], place)) < reach, (name, points[name])
    assert points["left_wrist"][0] < points["left_hip"][0]


def drawn(*polygons) -> tuple[np.ndarray, np.ndarray]:
    image = Image.new("RGB", (400, 400), GROUND)
    for polygon in polygons:
        ImageDraw.Draw(image).polygon(polygon, RED)
    return seen(image)


TROUSERS = [(140, 30), (260, 30), (290, 380), (225, 380), (200, 160), (175, 380), (110, 380)]
DRESS = [(170, 10), (230, 10), (250, 80), (262, 395), (138, 395), (150, 80)]
LYING = [(10, 150), (390, 140), (390, 260), (10, 250)]
ONE_SLEEVE = [
    (160, 50), (240, 50), (296, 72), (372, 160), (328, 196), (290, 158), (288, 364),
    (112, 364), (110, 158), (106, 110), (104, 72),
]  # fmt: skip


@pytest.mark.parametrize(
    "polygon, words",
    [
        (TROUSERS, "trousers"),
        (DRESS, "longer than a top"),
        (LYING, "on its side"),
        (ONE_SLEEVE, "One sleeve"),
    ],
    ids=["trousers", "dress", "lying", "one sleeve"],
)
def test_what_is_no_top_is_refused_in_words(polygon, words):
    with pytest.raises(JobFailure, match=words) as caught:
        find_marks(*drawn(polygon))
    assert caught.value.kind == FailureKind.GARMENT


def test_nothing_and_nobody_are_refused_in_words():
    nothing = np.zeros((100, 100), np.float32)
    with pytest.raises(JobFailure, match="No garment"):
        find_marks(np.zeros((100, 100, 3), np.uint8), nothing)
    with pytest.raises(JobFailure, match="No person"):
        find_pose(nothing)


def test_a_person_cut_at_the_shoulders_is_told_what_photo_works():
    _rgb, alpha = seen(person())
    with pytest.raises(JobFailure, match="from the head to below the hips"):
        find_pose(alpha[:118])


def test_marks_of_a_tee_are_where_they_were_drawn():
    marks = find_marks(*seen(top(RED)))
    for found, place in (
        (marks.armpits[0], (110, 158)),
        (marks.armpits[1], (290, 158)),
        (marks.hem[0], (112, 364)),
        (marks.collar[0], (160, 50)),
        (marks.collar[1], (240, 50)),
    ):
        assert np.hypot(*np.subtract(found, place)) < 14, (found, place)
    assert all(marks.sleeves)


def test_light_of_the_old_top_is_kept_and_its_print_is_not():
    plain = look_at(*_pose_of(person()))
    shade = shade_of(plain)
    image = person()
    ImageDraw.Draw(image).rectangle((165, 210, 195, 235), (84, 104, 132))  # a pale badge
    badge = shade_of(look_at(*_pose_of(image)))
    assert np.abs(badge - shade)[150:290, 140:220].max() < 0.06


def test_a_patterned_top_gives_no_shade():
    image = person()
    draw = ImageDraw.Draw(image)
    for row in range(150, 310, 16):
        draw.rectangle((136, row, 224, row + 7), (225, 222, 214))
    striped = look_at(*_pose_of(image))
    assert striped.is_patterned
    assert np.all(shade_of(striped) == 1)


def _pose_of(image: Image.Image):
    rgb, alpha = seen(image)
    _drawn, outline = seen(person())
    return rgb, np.maximum(alpha, outline), find_pose(outline).in_pixels(360, 480)


def test_poses_are_checked():
    good = find_pose(seen(person())[1]).as_json()
    assert Pose.parse(good)[0] is not None
    for wrong in (None, [], {}, good | {"neck": [1]}, good | {"neck": [True, 1]}):
        pose, problems = Pose.parse(wrong)
        assert pose is None
        assert problems


def test_arms_on_the_hips_are_followed_to_where_the_hands_rest():
    """What they enclose is no hole of the cut-out."""
    found = find_pose(seen(person(arms="hips"))[1]).in_pixels(360, 480)
    for name, place in {
        "left_elbow": (68, 232),
        "right_elbow": (292, 232),
        "left_wrist": (130, 290),
        "right_wrist": (230, 290),
    }.items():
        assert np.hypot(*np.subtract(found[name], place)) < 26, (name, found[name])


def test_a_whole_figure_from_far_is_read_from_the_shoulders_too():
    """Its head is a few pixels wide, and its top must not pass for one above shoulders."""
    whole = Image.new("RGB", (720, 1240), GROUND)
    whole.paste(person(), (180, 60))
    draw = ImageDraw.Draw(whole)
    for left in (304, 364):
        draw.rectangle((left, 530, left + 52, 1180), (38, 40, 52))
    pose = find_pose(seen(whole)[1])
    for name, (x, y) in {"left_shoulder": (120, 146), "right_shoulder": (240, 146)}.items():
        found = pose.in_pixels(*whole.size)[name]
        assert np.hypot(found[0] - 180 - x, found[1] - 60 - y) < 26, (name, found)


@pytest.mark.parametrize("skin", [(74, 50, 40), (126, 86, 66), (224, 184, 160)])
@pytest.mark.parametrize("hair", [(206, 206, 208), (190, 160, 104), (28, 25, 24)])
@pytest.mark.parametrize("cloth", [(150, 154, 160), (196, 186, 170), (60, 58, 60)])
def test_skin_hair_and_top_are_told_apart_whatever_their_colors(skin, hair, cloth):
    """Light hair before a dark face, and a top of the hair's color, among them."""
    who = person(skin=skin, hair=hair, top=cloth)
    draw = ImageDraw.Draw(who)
    draw.rectangle((150, 50, 210, 76), hair)  # a fringe
    for left in (142, 204):
        draw.rectangle((left, 60, left + 14, 150), hair)  # and long locks
    rgb, alpha = seen(who)
    seen_in = look_at(rgb, alpha, find_pose(alpha).in_pixels(360, 480))
    chest = np.s_[170:290, 150:210]
    assert seen_in.old[chest].mean() > 0.97
    assert not seen_in.skin[chest].any()
    assert not seen_in.hair[chest].any()
    assert seen_in.skin[80:106, 164:196].mean() > 0.9
    assert seen_in.protected[290:306, 280:296].mean() > 0.5  # a hand
