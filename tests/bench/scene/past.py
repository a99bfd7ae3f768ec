"""Last year's call: its decision, awards and certificates, and the works in the gallery (published by the page's own action)."""

from __future__ import annotations

from kechuang.base import clock
from kechuang.engine.awards.certificates import make_certificates
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.decisions.models import Decision, DecisionLine, RankingRecord
from kechuang.engine.programme.codec import digest
from kechuang.engine.reviews.models import ReviewRound
from kechuang.engine.showcase.actions import publish_works
from tests.bench.scene.city import City

CHUNK = 2000


def award_and_publish(call: Call, city: City) -> None:
    now = clock.now()
    round = ReviewRound.objects.create(call=call, number=2, code="defence", state="closed", opens_at=now, closes_at=now, opened_at=now,
                                       closed_at=now)  # fmt: skip
    outputs = {"made": "bench"}
    ranking = RankingRecord.objects.create(round=round, method="mean", inputs=outputs, inputs_digest=digest(outputs), outputs=outputs,
                                           outputs_digest=digest(outputs), rule_version="bench", made_at=now)  # fmt: skip
    decision = Decision.objects.create(call=call, round=round, ranking=ranking, kind="award", state="final", made_at=now, decided_at=now,
                                       made_by=city.officer.user, decided_by=city.officer.user)  # fmt: skip
    applications = list(call.applications.order_by("pk"))
    prizes = [call.plan.prizes.prizes[min(2, number % 7 // 2)] for number in range(len(applications))]
    DecisionLine.objects.bulk_create(
        [DecisionLine(decision=decision, application=a, division=a.division, rank=n + 1, estimate=90 - n / 1000, prize=prize.code,
                      is_chosen=True) for n, (a, prize) in enumerate(zip(applications, prizes, strict=True))], batch_size=CHUNK,
    )  # fmt: skip
    Award.objects.bulk_create(
        [Award(call=call, application=a, decision=decision, prize=prize.code, prize_name=prize.name, awarded_at=now,
               awarded_by=city.officer.user) for a, prize in zip(applications, prizes, strict=True)], batch_size=CHUNK,
    )  # fmt: skip
    awards = list(
        Award.objects.filter(call=call).select_related("call__org", "application__org")
        .prefetch_related("application__members__person", "application__advisers__person").order_by("pk")
    )  # fmt: skip
    for award in awards:
        award.call = call
    make_certificates(call, awards)
    publish_works(call, by=city.officer)
    call.state = "closed"
    call.save(update_fields=["state"])
