"""Duties of deputies: participation with its n, who has not reported to the voters, deputies by topic."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "participation_by_kind",
        ("duty_record duty attendance asked",),
        """select said(duty_record.duty, d.duty) as @duty_kind, count(*) as @duty_invited,
  sum(d.attendance = 'attended') as @duty_attended, sum(d.attendance = 'excused') as @duty_excused,
  sum(d.attendance = 'absent') as @duty_absent, sum(d.attendance = 'missed') as @duty_missed
from duty_record d where d.asked = 1 and (:deputy = '' or d.code = :deputy)
group by d.duty order by d.duty""",
        ("duties#shares", "duty_entry/list", "deputy/record"),
        takes="deputy",
    ),
    Question(
        "deputies_without_report",
        ("deputy title mandate elected_on constituency", "report_back deputy reported_on"),
        """select d.title as @deputy, d.constituency as @constituency, d.elected_on as @elected_on,
  d.code as @code
from deputy d
where d.mandate = 'serving' and not exists (
  select 1 from report_back r where r.deputy = d.code and r.reported_on >= coalesce(d.elected_on, ''))
order by d.title, d.code""",
        ("duties#reports", "report_back/list"),
    ),
    Question(
        "deputies_by_topic",
        ("deputy title expertise mandate constituency",),
        """select said(deputy.expertise, t.value) as @topic, d.title as @deputy,
  d.constituency as @constituency,
  d.code as @code
from deputy d join json_each(d.expertise) t
where d.mandate = 'serving' order by 1, 2, 4""",
        ("duties#topics", "deputy/list"),
    ),
)
