from __future__ import annotations

from ledger.problems import Problem, Problems, did_you_mean, dotted


def test_a_problem_says_where_at_what_and_what_to_do() -> None:
    problem = Problem(
        "content/forms/visit.yaml:12", "fields.level.choices", "'yes' reads as true. Put it in quotes."
    )
    assert str(problem) == (
        "content/forms/visit.yaml:12: fields.level.choices: 'yes' reads as true. Put it in quotes."
    )


def test_problems_are_one_line_each() -> None:
    problems = Problems([Problem("a.yaml:1", "x", "one."), Problem("b.yaml", "", "two.")])
    assert str(problems) == "a.yaml:1: x: one.\nb.yaml: two."
    assert len(problems.problems) == 2


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(()) == ""
    assert dotted(("checks", 0, "that")) == "checks[0].that"


def test_a_misspelt_word_gets_the_nearest_known_one_and_a_strange_one_none() -> None:
    assert did_you_mean("Requird", ["required", "label"]) == "Did you mean 'required'? "
    assert did_you_mean("zebra", ["required", "label"]) == ""
