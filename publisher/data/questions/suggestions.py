"""How suggestions are handled: late, promised, contradicted, handled again. Organs are never ranked."""

from __future__ import annotations

from publisher.data.questions.question import UP, Question

_ORGAN = "coalesce(titled(organ, h.organ), h.organ_as_written) as @organ"
_HANDLING = "handling organ organ_as_written year timely days replied claimed delivered failed result"
_STATE = "suggestion_state stage clock due overdue handled_by track"
_HANDLED_BY = "(select group_concat(titled(organ, j.value), '、') from json_each(st.handled_by) j) as @organ"

QUESTIONS = (
    Question(
        "late_by_organ",
        (_HANDLING,),
        f"""select {_ORGAN}, count(*) as @assigned,
  sum(h.timely = 'in_time') as @in_time, sum(h.timely = 'late') as @late,
  sum(h.timely = 'overdue') as @overdue, sum(h.timely = 'waiting') as @waiting,
  sum(h.timely = 'unknown') as @unknown
from handling h group by 1 order by 1""",
        ("handling#timely", "organ/list"),
    ),
    Question(
        "reply_days",
        (_HANDLING,),
        f"""select {_ORGAN}, h.year as @year, count(h.days) as @replied,
  sum(h.days <= 30) as @days_30, sum(h.days between 31 and 60) as @days_60,
  sum(h.days between 61 and 90) as @days_90, sum(h.days > 90) as @days_more,
  round(avg(h.days), 1) as @days_mean, max(h.days) as @days_most
from handling h where h.days is not null group by 1, 2 order by 1, 2""",
        ("handling#timely",),
    ),
    Question(
        "figures_by_organ",
        (_HANDLING,),
        f"""select {_ORGAN}, count(*) as @assigned, sum(h.replied) as @replied, sum(h.claimed) as @claimed,
  sum(h.claimed and h.delivered) as @delivered, sum(h.claimed and (h.delivered or h.failed)) as @checked
from handling h group by 1 order by 1""",
        ("handling#groups", "organ/record"),
    ),
    Question(
        "figures_by_year",
        (_HANDLING, "suggestion_state counted replied claimed delivered failed"),
        """select h.year as @year, count(*) as @assigned, sum(st.replied) as @replied,
  sum(st.claimed) as @claimed,
  sum(st.claimed and st.delivered) as @delivered,
  sum(st.claimed and (st.delivered or st.failed)) as @checked
from (select distinct code, year from handling) h join suggestion_state st on st.code = h.code
where st.counted = 1 group by 1 order by 1""",
        ("handling#rates",),
    ),
    Question(
        "satisfaction_by_organ",
        (_HANDLING,),
        f"""select {_ORGAN}, sum(h.replied) as @replied, sum(h.replied and h.result is not null) as @rated,
  sum(h.replied and h.result is 'satisfied') as @satisfied,
  sum(h.replied and h.result is 'basically') as @basically,
  sum(h.replied and h.result is 'not_satisfied') as @not_satisfied,
  sum(h.replied and h.result is null) as @unrated
from handling h group by 1 order by 1""",
        ("handling#satisfaction", "organ/record"),
    ),
    Question(
        "overdue_now",
        (_STATE, "suggestion title"),
        f"""select st.code as @code, s.title as @suggestion, {_HANDLED_BY},
  said(suggestion_state.clock, st.clock) as @clock, st.due as @due, st.overdue as @days_over
from suggestion_state st join suggestion s on s.code = st.code
where st.overdue > 0 order by st.overdue desc, st.code""",
        ("board", "suggestion/list"),
    ),
    Question(
        "due_soon",
        (_STATE, "suggestion title"),
        f"""select st.due as @due, st.code as @code, s.title as @suggestion, {_HANDLED_BY},
  said(suggestion_state.clock, st.clock) as @clock
from suggestion_state st join suggestion s on s.code = st.code, release r
where st.due between r.as_of and date(r.as_of, '+60 days') order by st.due, st.code""",
        ("board",),
    ),
    Question(
        "lanes",
        (_STATE,),
        """select coalesce(said(suggestion_state.track, st.track), '—') as @track, count(*) as @suggestions,
  sum(st.stage not in ('closed', 'withdrawn', 'refused', 'transferred')) as @open,
  sum(coalesce(st.overdue, 0) > 0) as @overdue
from suggestion_state st group by st.track order by st.track""",
        ("board",),
    ),
    Question(
        "contradictions",
        ("contradiction organ claimed_on onsite_check checked_on verdict settled_on", "suggestion title"),
        """select c.code as @code, s.title as @suggestion, titled(organ, c.organ) as @organ,
  c.claimed_on as @claimed_on, c.onsite_check as @check, c.checked_on as @checked_on,
  said(contradiction.verdict, c.verdict) as @verdict, c.settled_on as @settled_on
from contradiction c join suggestion s on s.code = c.code
order by c.settled_on is not null, c.checked_on, c.code""",
        ("handling#contradictions",),
    ),
    Question(
        "promises_broken",
        ("promised promise organ due_on state claimed_on late", "promise what", "suggestion title"),
        """select m.due_on as @due,
  coalesce((select what from promise where code = m.promise), m.promise) as @what,
  titled(organ, m.organ) as @organ, m.code as @code, s.title as @suggestion, m.claimed_on as @claimed_on,
  said(promised.verdict, m.verdict) as @verdict, m.late as @days_over
from promised m join suggestion s on s.code = m.code
where m.state = 'broken' order by m.due_on, m.promise""",
        ("promises",),
    ),
    Question(
        "promises_by_organ",
        ("promised organ state",),
        """select titled(organ, m.organ) as @organ, count(*) as @promises, sum(m.state = 'kept') as @kept,
  sum(m.state = 'broken') as @broken, sum(m.state = 'claimed') as @to_check, sum(m.state = 'due') as @not_due
from promised m group by 1 order by 1""",
        ("promises",),
    ),
    Question(
        "topics_by_township",
        ("suggestion topic grid", "grid level within"),
        f"""{UP}
select coalesce(t.title, '—') as @township, coalesce(said(suggestion.topic, s.topic), '—') as @topic,
  count(*) as @suggestions
from suggestion s
left join (select up.place, g.title from up join grid g on g.code = up.above and g.level = 'township') t
  on t.place = s.grid
where s.withheld = 0 group by 1, 2 order by 1, 2""",
        ("suggestion/list",),
    ),
    Question(
        "open_by_deputy",
        (_STATE, "suggestion title lead_deputy", "deputy title"),
        f"""select d.title as @deputy, s.code as @code, s.title as @suggestion,
  said(suggestion_state.stage, st.stage) as @stage, {_HANDLED_BY}, st.due as @due
from suggestion s join suggestion_state st on st.code = s.code join deputy d on d.code = s.lead_deputy
where st.stage not in ('closed', 'withdrawn', 'refused', 'transferred')
  and (:deputy = '' or d.code = :deputy)
order by d.title, s.code""",
        ("deputy/record", "suggestion/list"),
        takes="deputy",
    ),
    Question(
        "joint_handling",
        ("assignment mode organ co_organs", "organ title"),
        """select o.title as @organ,
  (select count(*) from assignment a where a.organ = o.code and a.mode = 'lead_with_co'
    and a.co_organs is null) as @alone,
  (select count(*) from assignment a where a.organ = o.code and a.co_organs is not null) as @lead,
  (select count(*) from assignment a where a.organ = o.code and a.mode = 'separate') as @separate,
  (select count(*) from assignment a, json_each(a.co_organs) j where j.value = o.code) as @helping
from organ o order by 1""",
        ("organ/list", "assignment/list"),
    ),
    Question(
        "extensions_without_consent",
        ("extension suggestion asked_on reason consent", "suggestion title"),
        """select e.code as @code, titled(suggestion, e.suggestion) as @suggestion, e.asked_on as @asked_on,
  e.reason as @reason, said(extension.consent, e.consent) as @consent
from extension e where e.consent is not 'given' and e.withheld = 0 order by e.asked_on, e.code""",
        ("extension/list",),
    ),
    Question(
        "handled_again",
        ("rehandling suggestion opened_on organ requirement", "suggestion title"),
        """select titled(suggestion, r.suggestion) as @suggestion, r.code as @code,
  row_number() over (partition by r.suggestion order by r.opened_on, r.code) as @times,
  r.opened_on as @opened_on, titled(organ, r.organ) as @organ, r.requirement as @requirement
from rehandling r where r.withheld = 0 order by r.opened_on, r.code""",
        ("rehandling/list",),
    ),
    Question(
        "supervision_reports",
        ("key_supervision suggestion leader_post report_on", "suggestion title"),
        """select k.report_on as @report_on, titled(suggestion, k.suggestion) as @suggestion, k.code as @code,
  k.leader_post as @post, max(cast(julianday(r.as_of) - julianday(k.report_on) as integer), 0) as @days_over
from key_supervision k, release r where k.withheld = 0 order by k.report_on, k.code""",
        ("supervision",),
    ),
)
