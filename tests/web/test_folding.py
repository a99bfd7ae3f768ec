"""What is worked out once stays right for every language and every key."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from kechuang.web.folding import Run, fold


def folded(text: str) -> Template:
    template = Template("{% load i18n kit static %}" + text)
    fold(template.nodelist)
    return template


def test_neighbours_that_never_change_become_one_and_follow_the_language():
    template = folded('<p>{% translate "公示公告" %} {% icon "bell" %}{% translate "帮助" %}</p>')

    with override("zh-hans"):
        chinese = template.render(Context())
    with override("en"):
        english = template.render(Context())

    assert [type(node) for node in template.nodelist][-1] is Run
    assert "公示公告" in chinese
    assert "帮助" in chinese
    assert "公示公告" not in english
    assert "Help" in english


def test_words_of_a_component_follow_the_language():
    template = folded(
        '{% button _("帮助") href=url %}{% badge label=_("帮助") tone="info" %}{% translate "帮助" as said %}{{ said }}'
    )

    with override("zh-hans"):
        chinese = template.render(Context({"url": "/a/"}))
    with override("en"):
        english = template.render(Context({"url": "/b/"}))

    assert chinese.count("帮助") == 3
    assert (english.count("帮助"), english.count("Help"), '"/b/"' in english) == (0, 3, True)


def test_a_kept_part_is_rendered_once_for_each_key_and_language():
    template = Template("{% load kit i18n %}{% keep key %}{{ n }}{% translate '帮助' %}{% endkeep %}")

    def shown(key, n, language="zh-hans"):
        with override(language):
            return template.render(Context({"key": key, "n": n}))

    assert [shown("a", 1), shown("a", 2), shown("b", 3), shown("", 4)] == ["1帮助", "1帮助", "3帮助", "4帮助"]
    assert shown("a", 5, "en") == "5Help"


def test_keep_takes_one_key():
    with pytest.raises(Exception, match="one key"):
        Template("{% load kit %}{% keep %}{% endkeep %}")
