"""What a person shows of their own honours. Private until they open it."""

from django.db import models

from kechuang.engine.awards.models import Certificate
from kechuang.engine.codes import new_code
from kechuang.orgs.models import Person


class Collection(models.Model):
    """The certificates a person puts together for others to see, at an address that cannot be guessed.

    No row: nothing was ever put together. `code` is new each time the page is opened, so an old link opens nothing.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="collection")
    code = models.CharField(max_length=40, unique=True, default=new_code)
    is_open = models.BooleanField(default=False)
    certificates = models.ManyToManyField(Certificate, related_name="+", blank=True)

    def __str__(self) -> str:
        return self.code
