"""What gettext answers, remembered for each language (docs/adr/0025).

A lookup takes thirty-four calls: Django asks its own catalogue and those of every application in turn, and a Chinese sentence, which is
its own translation, stands in none of them. A page looks up sixty sentences besides those that its templates keep.
"""

import gettext
from typing import Any

from django.utils.translation.trans_real import DjangoTranslation

MOST = 20_000
"""So many sentences of a language are remembered. Names that people wrote are looked up too, and there is no end of them."""


def _gettext(catalogue: Any, message: str) -> str:
    if type(message) is not str:  # text marked as safe would come back, mark and all, for the same words from elsewhere
        return gettext.GNUTranslations.gettext(catalogue, message)
    try:
        found: str = catalogue.remembered[message]
    except AttributeError:
        catalogue.remembered = {}
    except KeyError:
        pass
    else:
        return found
    found = gettext.GNUTranslations.gettext(catalogue, message)
    if len(catalogue.remembered) < MOST:
        catalogue.remembered[message] = found
    return found


def install() -> None:
    """Once, when the application starts."""
    DjangoTranslation.gettext = _gettext  # type: ignore[method-assign, assignment]
