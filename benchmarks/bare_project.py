"""The reference project without prodimages and all that is there for its sake."""

from shop_integration.project.settings import *  # noqa: F403
from shop_integration.project.settings import INSTALLED_APPS

_OURS = ("prodimages", "shop_integration.")
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith(_OURS)]
ROOT_URLCONF = "benchmarks.bare_urls"
