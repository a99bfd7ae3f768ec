import pytest

from tests.factories.orgs import a_city, a_pupil, a_school, actor_for, an_officer, has_agreed

pytestmark = pytest.mark.django_db


def test_smoke():
    c = a_city()
    s = a_school(c.east)
    p = a_pupil(s)
    o = an_officer("district_officer", c.east)
    a = actor_for(o)
    assert a.paths("person.view") == [c.east.path]
    has_agreed(p)
    has_agreed(a_pupil(s, grade=3))
