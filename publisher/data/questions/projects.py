"""Livelihood projects: who was not chosen and why, money, time, villages, ideas dropped."""

from __future__ import annotations

from publisher.data.questions.question import Question

_STATE = "project_candidate_state outcome why ballot approve budget secured gap percent spent silent overdue"
_OF_CYCLE = "(:cycle = '' or p.cycle = :cycle)"
_CHOSEN = "c.outcome in ('selected', 'recommended')"

QUESTIONS = (
    Question(
        "ballots_by_margin",
        (_STATE, "ballot title voted_on round seats roster_size"),
        """select b.code as @code, b.title as @ballot, b.voted_on as @voted_on, count(*) as @candidates,
  b.seats as @seats, b.roster_size as @roster,
  min(case when c.outcome <> 'not_chosen' then c.approve end) as @last_in,
  max(case when c.outcome = 'not_chosen' then c.approve end) as @first_out,
  min(case when c.outcome <> 'not_chosen' then c.approve end)
    - max(case when c.outcome = 'not_chosen' then c.approve end) as @margin
from ballot b join project_candidate_state c on c.ballot = b.code
group by b.code order by @margin is null, @margin, b.voted_on, b.code""",
        ("ballot/list", "ballot/record"),
    ),
    Question(
        "candidates_not_chosen",
        (_STATE, "project_candidate title cycle", "ballot title voted_on roster_size"),
        f"""select c.code as @code, p.title as @project, b.title as @ballot, b.voted_on as @voted_on,
  c.approve as @approve, b.roster_size as @roster, said(project_candidate_state.why, c.why) as @why
from project_candidate_state c join project_candidate p on p.code = c.code join ballot b on b.code = c.ballot
where c.outcome = 'not_chosen' and {_OF_CYCLE} order by b.voted_on, b.code, c.approve desc, c.code""",
        ("project_candidate/list", "project_cycle/record#candidates"),
        takes="cycle",
    ),
    Question(
        "projects_behind",
        (_STATE, "project_candidate title cycle finish_on"),
        f"""select c.code as @code, p.title as @project, c.percent as @percent, c.reported_on as @reported_on,
  c.silent as @silent, p.finish_on as @finish_on, c.overdue as @days_over
from project_candidate_state c join project_candidate p on p.code = c.code
where {_CHOSEN} and (c.silent > 0 or c.overdue > 0) and {_OF_CYCLE} order by c.code""",
        ("project_cycle/record#stale", "project_candidate/list"),
        takes="cycle",
    ),
    Question(
        "projects_money",
        (_STATE, "project_candidate title cycle"),
        f"""select c.code as @code, p.title as @project, round(c.budget / 100.0, 2) as @budget,
  round(c.secured / 100.0, 2) as @secured, round(c.gap / 100.0, 2) as @gap,
  round(c.spent / 100.0, 2) as @spent,
  c.percent as @percent
from project_candidate_state c join project_candidate p on p.code = c.code
where {_CHOSEN} and {_OF_CYCLE} order by c.code""",
        ("project_cycle/record#money", "project_candidate/list"),
        takes="cycle",
    ),
    Question(
        "villages_without_project",
        ("village_project village", "grid title level within residents"),
        """select g.title as @village, titled(grid, g.within) as @township, g.residents as @residents,
  g.code as @code
from grid g
where g.level = 'village' and not exists (select 1 from village_project v where v.village = g.code)
order by 2, 1""",
        ("balance#without",),
    ),
    Question(
        "projects_by_village",
        ("village_project village year", "grid title level within residents"),
        """select g.title as @village, titled(grid, g.within) as @township, g.residents as @residents,
  count(v.code) as @projects, min(v.year) as @first_year, max(v.year) as @last_year
from grid g left join village_project v on v.village = g.code
where g.level = 'village' group by g.code order by 2, 1""",
        ("balance#villages",),
    ),
    Question(
        "ideas_by_decision",
        ("project_idea cycle decision",),
        """select titled(project_cycle, p.cycle) as @cycle,
  coalesce(said(project_idea.decision, p.decision), '—') as @decision, count(*) as @ideas
from project_idea p where :cycle = '' or p.cycle = :cycle group by p.cycle, p.decision order by p.cycle, 2""",
        ("project_cycle/record#funnel", "project_idea/list"),
        takes="cycle",
    ),
    Question(
        "ideas_dropped",
        ("project_idea cycle subject decision decision_reason decided_on",),
        f"""select p.code as @code, p.title as @idea, said(project_idea.decision, p.decision) as @decision,
  p.decision_reason as @reason, p.decided_on as @decided_on
from project_idea p where p.decision in ('rejected', 'deferred') and {_OF_CYCLE}
order by p.decided_on, p.code""",
        ("project_cycle/record#funnel", "project_idea/list"),
        takes="cycle",
    ),
)
