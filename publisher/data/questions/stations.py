"""Stations: how far what they heard has come, and what became of the duties announced."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "stations_heard",
        ("opinion_state heard_at reached told", "station title"),
        """select s.title as @station, count(o.code) as @heard,
  coalesce(sum(o.told), 0) as @told_back,
  coalesce(sum(o.reached <> 'heard'), 0) as @became_suggestion,
  coalesce(sum(o.reached in ('reply', 'verified')), 0) as @replied,
  coalesce(sum(o.reached = 'verified'), 0) as @found_done, s.code as @code
from station s left join opinion_state o on o.heard_at = s.code
group by s.code order by s.title, s.code""",
        ("stations#chain", "station/list", "station/record#chain"),
    ),
    Question(
        "station_duties",
        ("station_duty station duty_on called_off", "station_log duty held_on", "station title"),
        """with became as (
  select d.code, d.station, case when d.called_off = 1 then 'off'
    when exists (select 1 from station_log l where l.duty = d.code and l.held_on <= r.as_of) then 'held'
    when d.duty_on >= r.as_of then 'ahead' else 'none' end as what
  from station_duty d join release r
)
select s.title as @station, count(b.code) as @duties, coalesce(sum(b.what = 'held'), 0) as @duties_held,
  coalesce(sum(b.what = 'none'), 0) as @without_record, coalesce(sum(b.what = 'off'), 0) as @called_off,
  coalesce(sum(b.what = 'ahead'), 0) as @ahead
from station s left join became b on b.station = s.code group by s.code order by s.title, s.code""",
        ("stations#used", "station_duty/list"),
    ),
)
