from kechuang.console.rehearsal.simulation import Judge, Simulation, award_level, kendall_tau, precision_at
from kechuang.programmes.innovation_contest.programme import INNOVATION_CONTEST


def test_award_level_reads_both_languages():
    assert [award_level(text) for text in ("First", "second ", "三等奖", "", "Honourable")] == [4, 3, 2, 0, 0]


def test_marks_stay_in_range_in_half_points_and_repeat():
    rubric = INNOVATION_CONTEST.rubric_for("senior")
    draws = [Simulation(7).marks(rubric, quality, Judge(-2, 1.5), (1, 2)) for quality in (-9.0, 0.0, 9.0)]

    for marks in draws:
        assert set(marks) == {criterion.code for criterion in rubric.criteria}
        assert all(
            0 <= marks[c.code] <= c.points and marks[c.code] * 2 == round(marks[c.code] * 2) for c in rubric.criteria
        )
    assert Simulation(7).marks(rubric, 0.0, Judge(-2, 1.5), (1, 2)) == draws[1]
    assert sum(draws[0].values()) < sum(draws[1].values()) < sum(draws[2].values())


def test_severe_judge_gives_less():
    rubric = INNOVATION_CONTEST.rubric_for("senior")
    mild, severe = (Simulation(1).marks(rubric, 0.5, Judge(severity, 1), (3, 4)) for severity in (-1, 1))

    assert sum(severe.values()) < sum(mild.values())


def test_precision_counts_as_many_as_were_awarded():
    assert precision_at(["a", "b", "c", "d"], {"a": 4, "b": 0, "c": 1, "d": 1}) == 2 / 3


def test_kendall_tau_is_one_for_the_true_order():
    assert kendall_tau([3.0, 2.0, 1.0], [4, 2, 0]) == 1.0
    assert kendall_tau([1.0, 2.0, 3.0], [4, 2, 0]) == -1.0
