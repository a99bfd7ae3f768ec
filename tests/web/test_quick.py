"""Pages read the same whether Django or the quick nodes render them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template import Context, Engine, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from kechuang.web.folding import fold
from kechuang.web.quick import QuickTemplate

LOADED = "{% load i18n kit %}"


class Colour(models.TextChoices):
    RED = "red", "红"


class Thing:
    name = "<b>a & b</b>"
    kind = Colour

    def __init__(self):
        self.saved = 0

    def shout(self):
        return "loud"

    def wants(self, what):
        return what

    def save(self):
        self.saved += 1

    save.alters_data = True

    @property
    def gone(self):
        raise ObjectDoesNotExist

    @property
    def broken(self):
        raise AttributeError("inside")

    def __str__(self):
        return "thing <1>"


def values():
    return {
        "word2": "abc23", "percent": "100% 帮助",
        "thing": Thing(), "things": [Thing(), Thing()], "facts": {"words": "帮助", "a": 1, "items": "own", "deep": {"b": ["x", "y"]}}, "pairs": [("a", 1), ("b", 2)],
        "text": "x < y", "safe": SafeString("<i>x</i>"), "lazy": gettext_lazy("帮助"), "n": 1234567, "yes": True, "none": None, "half": Decimal("1234.50"), "part": 2.5,
        "day": date(2026, 3, 1), "at": datetime(2026, 3, 1, 20, tzinfo=UTC), "call": lambda: "called", "empty": [], "count": 1, "many": 3, "word": "帮助", "names": ("甲", "乙"),
    }  # fmt: skip


SHOWN = (
    "{{ thing }}{{ thing.name }}{{ thing.shout }}[{{ thing.wants }}][{{ thing.save }}]{{ thing.saved }}[{{ thing.gone }}][{{ thing.missing }}]",
    "{{ thing.kind.RED }}{{ thing.kind.RED.label }}{{ thing.kind.values.0 }}{{ things.1.name }}[{{ things.7.name }}][{{ none.name }}]",
    "{{ facts.a }}{{ facts.items }}{{ facts.deep.b.1 }}[{{ facts.none }}]{{ facts.deep.items }}{% for key, value in facts.deep.items %}{{ key }}{% endfor %}",
    "{{ text }}{{ safe }}{{ lazy }}{{ n }}{{ yes }}{{ none }}{{ half }}{{ part }}{{ day }}{{ at }}{{ call }}[{{ nothing }}][{{ nothing.at.all }}]{{ 3 }}{{ 'a<b' }}",
    "{% autoescape off %}{{ text }}{{ thing }}{{ n }}{{ safe }}{{ none }}{% endautoescape %}{{ text|safe }}{{ safe|upper }}{{ text|upper }}",
    "{{ n|default:'x' }}{{ nothing|default:text }}{{ nothing|default:empty }}{{ at|date:'c' }}{{ day|date:'Y' }}{{ text|default:safe|length }}{{ names|join:'、' }}",
    ("{% if thing %}a{% endif %}{% if nothing %}b{% elif thing.shout == 'loud' %}c{% else %}d{% endif %}{% if nothing.at.all or not empty %}e{% endif %}"
    "{% if n > 3 and 'x' in text %}f{% endif %}{% if empty %}g{% else %}h{% endif %}{% if missing is None %}i{% endif %}{% if thing.kind.RED == 'red' %}j{% endif %}"),
    "{% for a, b in pairs %}{{ forloop.counter }}{{ a }}{{ b }}{% if forloop.last %}.{% endif %}{% empty %}none{% endfor %}{% for x in empty %}{{ x }}{% empty %}none{% endfor %}{% for x in missing %}x{% endfor %}",
    "{% with a=thing.name b=n|add:1 %}{{ a }}{{ b }}{% endwith %}[{{ a }}]{% firstof nothing text %}{% cycle 'a' 'b' %}",
    "{% blocktranslate trimmed %}\n 帮助\n {% endblocktranslate %}{% blocktranslate with a=text %}100% {{ a }} {{ n }} {{ nothing }}{% endblocktranslate %}",
    "{% for n in facts.deep.b %}{% blocktranslate count k=count %}{{ k }} 件{{ n }}{% plural %}{{ k }} 件们{{ n }}{% endblocktranslate %}{% endfor %}",
    "{% blocktranslate trimmed count n=many %}有 {{ n }} 件事等你办{% plural %}有 {{ n }} 件事等你办{% endblocktranslate %}{% blocktranslate trimmed count n=count %}有 {{ n }} 件事等你办{% plural %}有 {{ n }} 件事等你办{% endblocktranslate %}",
    "{% blocktranslate asvar said %}{{ text }}{% endblocktranslate %}{{ said }}{% translate '帮助' %}{% translate lazy %}{% translate text as t %}{{ t }}{% translate word %}{% translate word as w %}{{ w }}",
    "{% translate '帮助' %}{% language 'en' %}{% translate '帮助' %}{% blocktranslate %}帮助{% endblocktranslate %}{% button _('帮助') %}{% endlanguage %}{% translate '帮助' %}",
    "[{{ facts.nothing }}][{{ facts.nothing.at.all }}][{{ facts.0 }}][{{ facts.keys|length }}]{% if facts.nothing %}a{% else %}b{% endif %}[{{ 7 }}][{{ 'x' }}]",
    "{% translate facts.deep.b.0 %}{% translate thing.name %}{% translate facts.words %}{% translate nothing %}{% translate percent %}",
    "{% url 'application' word2 %}{% url 'application' 'a b' as u %}{{ u }}{% url 'score' n %}{% url 'application_move' word2 'return' as m %}{{ m }}",
    "{% url 'application' word as u %}{{ u }}{% url 'score' word2 as v %}[{{ v }}]{% url 'score' -3 as w %}[{{ w }}]{% url 'nowhere' n as x %}[{{ x }}]{% url 'call' 'a-b_c' %}{% url 'score' '12' %}",
    "{% for x in pairs %}{{ forloop.parentloop }}{% for y in x %}{{ forloop.parentloop.counter }}{{ y }}{% endfor %}{% endfor %}{% ifchanged n %}x{% endifchanged %}",
)  # fmt: skip


def by_django(text):
    return Template(LOADED + text).render(Context(values()))


def quickly(text, times=2):
    template = QuickTemplate(LOADED + text)
    fold(template.nodelist)
    return [template.render(Context(values())) for _turn in range(times)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("text", SHOWN)
def test_a_page_reads_as_django_renders_it(text, language):
    with override(language):
        assert quickly(text) == [by_django(text)] * 2


@pytest.mark.parametrize("text", SHOWN[:6])
def test_numbers_with_thousands_apart_and_names_for_what_is_missing(text, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    with override("en"):
        assert quickly(text) == [by_django(text)] * 2


def test_what_is_not_there_may_have_a_name():
    engine = Engine(string_if_invalid="?%s?")
    for text in ("{{ nothing }}{{ thing.missing }}{{ nothing|upper }}{% if nothing %}a{% endif %}",):
        quick = QuickTemplate(text, engine=engine)
        fold(quick.nodelist)

        assert quick.render(Context(values())) == Template(text, engine=engine).render(Context(values()))
        assert quick.render(Context(values())) == "?nothing??thing.missing??nothing?"


def test_a_failure_inside_a_property_is_heard_as_before():
    for render in (by_django, quickly):
        with pytest.raises(AttributeError, match="inside"):
            render("{{ thing.broken }}")
    with pytest.raises(AttributeError, match="inside"):
        quickly("{% if thing.broken %}a{% endif %}")


def test_one_template_follows_each_reader_and_each_value():
    template = QuickTemplate(
        LOADED
        + "{% blocktranslate trimmed count n=n %}有 {{ n }} 件事等你办{% plural %}有 {{ n }} 件事等你办{% endblocktranslate %}"
    )
    fold(template.nodelist)
    read = {}
    for language in ("zh-hans", "en", "zh-hans"):
        for n in (1, 2):
            with override(language):
                read[language, n] = template.render(Context({"n": n}))

    assert len(set(read.values())) == 4
    assert read["zh-hans", 2] == "有 2 件事等你办"
    assert "2" in read["en", 2]
    assert "办" not in read["en", 2]
