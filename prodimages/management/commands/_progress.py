"""Progress bars of the commands; silent where nobody watches."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm


def bar(total: float, label: str, **options: Any) -> Any:
    """A tqdm bar on stderr, so that stdout stays for results; off when that is no terminal."""
    return tqdm(
        total=total, desc=label, file=sys.stderr, disable=not sys.stderr.isatty(), **options
    )
