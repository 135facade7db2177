"""Contact: which deputy answers for which grid and came, the five ones, what waits for an answer."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "deputies_of_grids",
        (
            "grid_assignment deputy grid assigned_on registered_on ended_on",
            "visit visited_on grid visit_kind deputies author",
            "grid title",
        ),
        """select titled(grid, a.grid) as @place, titled(deputy, a.deputy) as @deputy,
  a.assigned_on as @assigned_on, a.registered_on as @registered_on,
  count(v.code) as @visits, sum(v.visit_kind = 'full_round') as @full_rounds, max(v.visited_on) as @last_month
from grid_assignment a left join visit v on v.grid = a.grid and (v.author = a.deputy
  or exists (select 1 from json_each(coalesce(v.deputies, '[]')) j where j.value = a.deputy))
where a.withheld = 0 and (a.ended_on is null or a.ended_on > (select as_of from release))
group by a.code order by 1, 2""",
        ("grids#deputies", "grid_assignment/list", "visit/list"),
    ),
    Question(
        "five_ones_by_deputy",
        ("five_ones code one state", "deputy_contact code spot_check"),
        """select titled(deputy, f.code) as @deputy, sum(f.state = 'evidenced') as @evidenced,
  sum(f.state = 'claimed') as @no_evidence, sum(f.state = 'missing') as @missing,
  said(deputy_contact.spot_check, c.spot_check) as @spot_check
from five_ones f left join deputy_contact c on c.code = f.code group by f.code order by 1""",
        ("five_ones#complete",),
    ),
    Question(
        "escalations_unanswered",
        (
            "linkage_activity title",
            "linkage_activity_escalations issue from_level to_level sent_on answered_on",
            "linkage_activity_issues number what",
        ),
        """select e.sent_on as @sent_on, i.what as @issue,
  said(linkage_activity_escalations.from_level, e.from_level) as @from_level,
  said(linkage_activity_escalations.to_level, e.to_level) as @to_level, a.title as @activity
from linkage_activity_escalations e join linkage_activity a on a.code = e.code
left join linkage_activity_issues i on i.code = e.code and i.number = e.issue
where e.answered_on is null or e.answered_on > (select as_of from release) order by 1, 2""",
        ("linkage#open", "linkage_activity/list"),
    ),
)
