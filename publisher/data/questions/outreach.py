"""Needs as far as they may be counted, and hours of training."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "needs_by_quarter",
        ("counted_area kind field period area value n", "field kind field label_zh choices"),
        """select c.period as @quarter, coalesce(f.label_zh, '—') as @what_asked,
  case c.value when '' then '—'
    else coalesce(json_extract(f.choices, '$."' || c.value || '".zh'), c.value) end as @answer_given,
  c.n as @how_many
from counted_area c left join field f on f.kind = c.kind and f.field = c.field
where c.kind = 'need' and c.area = '' order by c.period desc, f.n, c.value""",
        ("deputy_plus",),
    ),
    Question(
        "training_hours",
        ("training hours invited attendees", "deputy title"),
        """with invited as (
  select i.value as deputy, t.code, t.hours, exists (
    select 1 from json_each(t.attendees) a where a.value = i.value) as there
  from training t join json_each(t.invited) i
)
select coalesce(d.title, i.deputy) as @deputy, sum(i.there) as @trainings_attended,
  count(*) as @trainings_invited, sum(i.hours * i.there) as @hours_trained
from invited i left join deputy d on d.code = i.deputy group by i.deputy order by 1""",
        ("trained", "training/list"),
    ),
)
