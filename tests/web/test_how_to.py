"""The how-to pages of docs/ stand in the help of their audience, with their pictures."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from kechuang.web.public.guide import GUIDES
from kechuang.web.public.how_to import how_to

AUDIENCES = ("pupil", "guardian", "teacher", "school", "district", "city", "expert")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_how_to_has_steps_and_a_picture_that_is_there(audience):
    page = how_to(audience)
    pictures = re.findall(r'src="[^"]*/(pictures/[^"]+)"', page)

    assert audience in GUIDES
    assert "<ol>" in page
    assert pictures
    assert [name for name in pictures if finders.find(name) is None] == []
    assert "../" not in page and ".md" not in page


@pytest.mark.django_db
def test_help_shows_the_how_to_marked_as_chinese(client):
    page = client.get(reverse("help", args=["pupil"])).content.decode()

    assert '<div class="prose how-to" lang="zh-Hans">' in page
    assert "pictures/call" in page
