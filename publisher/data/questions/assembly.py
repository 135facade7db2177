"""The congress's own work: what was planned and is not done, what a street council recommended."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "plan_and_done",
        ("planned_item code item topic quarter owner state done_on", "annual_plan title year"),
        """select p.title as @plan, i.item as @item, i.topic as @topic_planned, i.quarter as @quarter,
  i.owner as @owner, said(planned_item.state, i.state) as @stage, i.done_on as @done_on
from planned_item i join annual_plan p on p.code = i.code
order by p.year desc, p.code, cast(i.item as integer)""",
        ("plan#now", "annual_plan/list"),
    ),
    Question(
        "recommended_and_adopted",
        (
            "street_meeting_recommended code project adopted decided_by decided_on reason",
            "street_meeting title held_on",
        ),
        """select titled(project_candidate, r.project) as @project, m.held_on as @recommended_on,
  coalesce(said(street_meeting_recommended.adopted, r.adopted), '—') as @adopted,
  r.decided_by as @decided_by, r.decided_on as @decided_on, r.reason as @reason
from street_meeting_recommended r join street_meeting m on m.code = r.code
order by m.held_on desc, r.code, r.n""",
        ("street#recommended", "street_meeting/list"),
    ),
)
