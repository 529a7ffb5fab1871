"""States, tasks and kinds: every closed set of values, and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Task(TextChoices):
    """What a picture is made by; engines declare which of these they can do."""

    PACKSHOT = "packshot", _("packshot")
    BACKGROUND = "background", _("background")
    TEXT_TO_IMAGE = "text_to_image", _("text to image")
    TRY_ON = "try_on", _("try-on")
    RESTYLE = "restyle", _("restyle")
    UPSCALE = "upscale", _("upscale")


class JobState(TextChoices):
    HELD = "held", _("held")  # waits for somebody's yes to the proofs of its order
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELED = "canceled", _("canceled")


class AttemptOutcome(TextChoices):
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELED = "canceled", _("canceled")
    CRASHED = "crashed", _("crashed")  # the lease ran out: the worker died or hung
    RETURNED = "returned", _("returned")  # given back before it was started


class ImageState(TextChoices):
    PENDING = "pending", _("to review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    PUBLISHED = "published", _("published")


class PublicationAction(TextChoices):
    """What a shop is to do with a picture."""

    PUBLISH = "publish", _("publish")
    UNPUBLISH = "unpublish", _("take out")


class PublicationState(TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")  # tried often enough, or refused for good


class RenditionState(TextChoices):
    """How far a published picture is on its way into browsers' sizes and formats."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class VariantState(TextChoices):
    """How far a product's picture for one kind of shopper is."""

    WAITING = "waiting", _("being made, or to review")
    READY = "ready", _("shown")
    FAILED = "failed", _("can't be made")  # tried often enough; staff may refresh it


class Reason(TextChoices):
    """What may be wrong with a picture: what its checks found, and why staff reject it."""

    EDGE = "edge", _("edge of the cut-out")
    CUT = "cut", _("product cut off")
    COLOR = "color", _("color or shape changed")
    ENLARGED = "enlarged", _("enlarged")
    CONTRAST = "contrast", _("hardly stands out")
    LIGHT = "light", _("light or view does not match")
    WORDS = "words", _("wishes not honored")
    STYLE = "style", _("wrong style")
    OTHER = "other", _("something else")


class Source(TextChoices):
    """Which way in a submission came."""

    ADMIN = "admin", _("admin")
    COMMAND = "command", _("command")
    API = "api", _("API")
    WEBHOOK = "webhook", _("webhook")
    STOREFRONT = "storefront", _("storefront")


class Scope(TextChoices):
    """What an API key may do."""

    GENERATIONS_READ = "generations:read", _("see generations")
    GENERATIONS_WRITE = "generations:write", _("order, cancel and retry generations")
    IMAGES_READ = "images:read", _("see and download pictures")
    IMAGES_REVIEW = "images:review", _("approve and reject pictures")
    IMAGES_PUBLISH = "images:publish", _("publish pictures")
    STYLES_READ = "styles:read", _("see styles")


class EventKind(TextChoices):
    """What an event of an outside shop is about, whatever its platform calls it."""

    CREATED = "created", _("product created")
    UPDATED = "updated", _("product updated")
    DELETED = "deleted", _("product deleted")
    REDACT_SHOP = "redact_shop", _("erase the shop")
    REDACT_CUSTOMER = "redact_customer", _("erase a customer")
    PING = "ping", _("ping")  # says that the hook works; nothing to do
    IGNORED = "ignored", _("ignored")  # a topic that nobody here asked for


class InboundState(TextChoices):
    """How far the work on an event has come."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Surface(TextChoices):
    """What happens to light at a product."""

    OPAQUE = "opaque", _("opaque")
    SHEER = "sheer", _("sheer: lace, tulle, a thin curtain")
    GLASS = "glass", _("glass or clear plastic")
    MIRROR = "mirror", _("mirror-like: chrome, polished steel")


class ViewSource(TextChoices):
    """What decided from where a product is taken to have been photographed."""

    STAFF = "staff", _("set by staff for this product")
    CATEGORY = "category memory", _("set by staff for its category")
    PHOTO = "photo", _("seen in its photo: a hanger, or the edge of what it stands on")
    WORDS = "words", _("by the words of its category")
    UNKNOWN = "unknown", _("nothing is known")


class NotKept(TextChoices):
    """Why a delivery left no row; each is counted by shop and day."""

    SIGNATURE = "signature", _("signature refused")
    TOO_BIG = "too_big", _("body too big")
    INVALID = "invalid", _("body not understood")
    TOPIC = "topic", _("topic ignored")
    PING = "ping", _("ping")
    REPEAT = "repeat", _("repeated delivery")


class FailureKind(TextChoices):
    PHOTO_MISSING = "photo_missing", _("photo missing")
    PHOTO_INVALID = "photo_invalid", _("photo can't be used")
    PERSON = "person", _("photo of the person can't be used")
    GARMENT = "garment", _("product can't be tried on")
    NO_PRODUCT = "no_product", _("no product found in the photo")
    CHECK_CUTOUT = "check_cutout", _("cut-out needs a look")
    UNAVAILABLE = "unavailable", _("engine or weights not available")
    ENGINE = "engine", _("engine failed")
    CONTENT_REFUSED = "content_refused", _("refused for its content")
    STORAGE = "storage", _("storage failed")
    CRASHED = "crashed", _("worker died")
    TIMEOUT = "timeout", _("took too long")
    PRODUCT_DELETED = "product_deleted", _("product was deleted")
    INTERNAL = "internal", _("internal error")


class TryOnOutcome(TextChoices):
    """What came of a shopper's try-on, beside the kinds of failure."""

    ASKED = "asked", _("asked for")
    DONE = "done", _("done")
    ERASED = "erased", _("erased by the shopper")
    EXPIRED = "expired", _("erased after its time")
    OVER_QUOTA = "over_quota", _("over a quota")
    REFUSED_PHOTO = "refused_photo", _("photo refused at once")
    REFUSED_PRODUCT = "refused_product", _("product can't be tried on")


class Extra(TextChoices):
    """What a photo may show beside the product itself, within its outline."""

    HANGER = "hanger", _("hanger")
    CLIP = "clip", _("clip")
    HAND = "hand", _("hand")
    STAND = "stand", _("stand")
    TAG = "tag", _("tag")
    STICKER = "sticker", _("sticker")
    OPENING = "opening", _("opening")


class SourceType(TextChoices):
    """IPTC DigitalSourceType terms that a picture of ours can carry.

    https://cv.iptc.org/newscodes/digitalsourcetype/
    """

    TRAINED = "trainedAlgorithmicMedia", _("made by a trained model")
    COMPOSITE_WITH_TRAINED = (
        "compositeWithTrainedAlgorithmicMedia",
        _("photo composited with a trained model's output"),
    )
    COMPOSITE_SYNTHETIC = "compositeSynthetic", _("photo composited with computer-made parts")
    ALGORITHMIC = "algorithmicMedia", _("made by an algorithm without training data")


# from -> the states that may follow. A transition is a compare-and-set UPDATE
# (services.lifecycle), so the table is enforced under concurrency as well.
JOB_TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.HELD: frozenset({JobState.QUEUED, JobState.CANCELED}),
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELED, JobState.FAILED}),
    JobState.RUNNING: frozenset(
        {
            JobState.QUEUED,
            JobState.RUNNING,
            JobState.SUCCEEDED,
            JobState.FAILED,
            JobState.CANCELED,
        }
    ),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELED: frozenset({JobState.QUEUED}),
    JobState.SUCCEEDED: frozenset({JobState.QUEUED}),
}
TERMINAL_JOB_STATES = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED)

IMAGE_TRANSITIONS: dict[ImageState, frozenset[ImageState]] = {
    ImageState.PENDING: frozenset({ImageState.APPROVED, ImageState.REJECTED}),
    ImageState.APPROVED: frozenset({ImageState.PUBLISHED, ImageState.REJECTED, ImageState.PENDING}),
    ImageState.REJECTED: frozenset({ImageState.PENDING, ImageState.APPROVED}),
    ImageState.PUBLISHED: frozenset({ImageState.APPROVED}),
}
