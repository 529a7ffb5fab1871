"""Step ``pose``: who is in the photo, where the joints are, and what may not be covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.pose import Pose
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.engines.fitting.geometry import Box


class FindPose(Step):
    """Counts frontal faces and finds the landmarks, unless somebody has placed them already; and
    marks what may be repainted, unless somebody has painted that.

    Stops in words: several persons, a view from behind, arms crossed before the body, shoulders
    that can't be told.
    """

    name = "pose"
    needs = frozenset({"person_rgb"})
    gives = frozenset({"person", "pose"})
    deadline = 180.0

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.cutouts.refinement.refine import refine
        from prodimages.cutouts.registry import cutout_backend
        from prodimages.engines.fitting.marks import as_png, edited, painted_over
        from prodimages.engines.fitting.wearer.look import look_at

        assert context.person is not None
        rgb = context["person_rgb"]
        try:
            alpha = refine(rgb, cutout_backend().alpha(rgb))
        except JobFailure as error:
            if error.kind != FailureKind.NO_PRODUCT:
                raise
            raise _refused(_("No person was found in the photo.")) from error
        context.advance(0.5)
        context.stop_if_canceled()
        pose = self._pose(context, rgb, alpha)
        refuse_crossed_arms(pose)
        points = pose.in_pixels(rgb.shape[1], rgb.shape[0])
        person = look_at(rgb, alpha, points)
        if (painted := context.person.painted()) is not None:
            person = painted_over(person, painted)
        else:
            context.person.marked(as_png(person), pose.as_json())
        if (edits := context.person.edits()) is not None:
            person = edited(person, edits)
        context["person"], context["pose"] = person, pose
        context.advance(1.0)

    def _pose(self, context: StepContext, rgb: np.ndarray, alpha: np.ndarray) -> Pose:
        from prodimages.engines.fitting.landmarks.find import find_pose

        person = context.person
        assert person is not None
        if not person.landmarks:
            face = counted(rgb)
            pose = find_pose(alpha, face)
            is_behind = face is None and _is_from_behind(rgb, alpha, pose)
            if person.is_shopper or not is_behind:  # a shopper may say that it is not so
                person.found(pose.as_json(), faces=int(face is not None))
            if is_behind:
                raise _refused(
                    _(
                        "The photo seems to be taken from behind. Take one from the front that "
                        "shows you from the head to below the hips, with the arms a little off the "
                        "body."
                    )
                )
            return pose
        pose_or_none, problems = Pose.parse(person.landmarks)
        if pose_or_none is None:
            raise _refused(" ".join(problems))
        if person.is_shopper and person.faces is None:  # the landmarks came with the photo
            is_seen = counted(rgb) is not None
            person.found(pose_or_none.as_json(), faces=int(is_seen))
            if not (is_seen or person.is_front):
                raise _refused(
                    _("No face was found in the photo. Say whether it is from the front.")
                )
        return pose_or_none


def _is_from_behind(rgb: np.ndarray, alpha: np.ndarray, pose: Pose) -> bool:
    from prodimages.engines.fitting.behind import is_from_behind

    return is_from_behind(rgb, alpha, pose.in_pixels(rgb.shape[1], rgb.shape[0]))


def counted(rgb: np.ndarray) -> Box | None:
    """The one frontal face in the photo, or None where none is found.

    Raises JobFailure in words for several persons.
    """
    from prodimages.engines.fitting.faces import find_faces

    try:
        faces = find_faces(rgb)
    except ImportError as error:
        message = _("Faces can't be counted: install prodimages[tryon] where the worker runs.")
        raise JobFailure(FailureKind.UNAVAILABLE, message) from error
    if len(faces) > 1:
        message = _("The photo shows %(count)d persons. Take one that shows the one person alone.")
        raise _refused(message % {"count": len(faces)})
    return faces[0] if faces else None


def refuse_crossed_arms(pose: Pose) -> None:
    """A wrist beyond the body's middle, at the height of the chest, has an arm before it."""
    points = pose.points
    middle = points["neck"][0]
    shoulders = (points["left_shoulder"][1] + points["right_shoulder"][1]) / 2
    hips = (points["left_hip"][1] + points["right_hip"][1]) / 2
    belt = shoulders + 0.85 * (hips - shoulders)
    crossed = [
        (points[f"{side}_wrist"][0] - middle) * sign > 0 and points[f"{side}_wrist"][1] < belt
        for side, sign in (("left", 1), ("right", -1))
    ]
    if all(crossed):
        raise _refused(
            _("The arms are crossed before the body. Take a photo with the arms off the body.")
        )


def _refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.PERSON, message)
