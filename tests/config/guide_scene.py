"""Run by `kechuang shell` on the guide's installation: a pupil with a PIN and a draft, as a city's people would make them."""

import json

from tests.factories.engine import a_call
from tests.factories.orgs import PIN, a_city, a_pupil, a_school, a_teacher
from tests.web.applicant_scene import Scene, a_draft

city = a_city("449900", "另一市教育局")
school = a_school(city.east)
scene = Scene(city, school, a_call(city), a_pupil(school, grade=8, can_sign_in=True), a_teacher(school))
print(json.dumps({"login": scene.pupil.user.username, "pin": PIN, "draft": a_draft(scene).public_id}))
