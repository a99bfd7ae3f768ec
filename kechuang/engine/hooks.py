"""What the engine does when a consent is withdrawn or a pupil changes school, in that transaction: names and works are off the
public pages at once; what is not yet handed in goes along."""

from kechuang.engine.applications.moving import take_along
from kechuang.engine.publicity.actions import withdraw_names as take_names_off_notices
from kechuang.engine.showcase.actions import withdraw_media, withdraw_names, withdraw_showcase
from kechuang.orgs.consents import on_withdrawal
from kechuang.orgs.models import Consent
from kechuang.orgs.moves import on_move


def no_publicity(consent: Consent) -> None:
    take_names_off_notices(consent.pupil, by=consent.user)
    withdraw_names(consent.pupil)


def no_showcase(consent: Consent) -> None:
    withdraw_showcase(consent.pupil, by=consent.user)


def no_media(consent: Consent) -> None:
    withdraw_media(consent.pupil, by=consent.user)


on_withdrawal("publicity", no_publicity)
on_withdrawal("showcase", no_showcase)
on_withdrawal("media", no_media)
on_move(take_along)
