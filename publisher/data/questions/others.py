"""Visits, checks on the spot, figures as printed, and what is withheld."""

from __future__ import annotations

from publisher.data.questions.question import UP, Question

QUESTIONS = (
    Question(
        "visits_by_village",
        ("visit visited_on grid", "grid title level within"),
        f"""{UP}, seen as (
  select g.code as village, substr(v.visited_on, 1, 7) as month
  from visit v join up on up.place = v.grid join grid g on g.code = up.above and g.level = 'village'
), year as (select strftime('%Y-%m', as_of, '-11 months', 'start of month') as since from release)
select g.title as @village, count(s.month) as @visits, max(s.month) as @last_month,
  count(distinct case when s.month >= y.since then s.month end) as @months_with,
  12 - count(distinct case when s.month >= y.since then s.month end) as @months_without
from grid g join year y left join seen s on s.village = g.code
where g.level = 'village' group by g.code order by 1""",
        ("visit/list", "grid/list"),
    ),
    Question(
        "checks_by_year",
        ("onsite_check checked_on", "onsite_check_items verdict"),
        """select substr(k.checked_on, 1, 4) as @year, count(distinct k.code) as @checks, count(*) as @items,
  sum(i.verdict = 'done') as @done, sum(i.verdict = 'partly') as @partly,
  sum(i.verdict = 'not_done') as @not_done,
  sum(i.verdict = 'cannot_verify') as @cannot_verify
from onsite_check k join onsite_check_items i on i.code = k.code group by 1 order by 1""",
        ("onsite_check/list",),
    ),
    Question(
        "printed_against_computed",
        ("printed_figure title total", "printed_figure_rows label count printed_percent"),
        """with found as (
  select f.code, f.title, r.n, r.label, r.count, f.total, r.printed_percent as printed,
    round(100.0 * r.count / f.total, case instr(r.printed_percent, '.') when 0 then 0
      else length(r.printed_percent) - instr(r.printed_percent, '.') end) as computed
  from printed_figure f join printed_figure_rows r on r.code = f.code
  where :printed_figure = '' or f.code = :printed_figure
)
select title as @source, label as @label, count as @number, total as @of, printed as @printed,
  computed as @computed,
  case when cast(printed as real) = computed then '=' else '≠' end as @same
from found order by code, n""",
        ("printed_figure/record", "printed_figure/list"),
        takes="printed_figure",
    ),
    Question(
        "withheld_by_kind",
        ("kind records withheld publish_when withheld_with",),
        """select k.label_zh as @kind, k.records as @records, k.withheld as @withheld,
  coalesce(k.publish_when, (select f.label_zh from field f
    where f.kind = k.kind and f.field = k.withheld_with)) as @basis,
  said(gate, k.gate) as @gate
from kind k where k.public = 1 and (k.withheld > 0 or k.publish_when is not null
  or k.withheld_with is not null)
order by k.label_zh""",
        ("catalogue", "data"),
    ),
    Question(
        "set_aside_by_sort",
        ("set_aside sort days", "set_aside_count sort outcome n", "release position"),
        """with taken as (
  select sort, days, row_number() over (partition by sort order by days) as place,
    count(*) over (partition by sort) as many from set_aside where days is not null
)
select said(set_aside_count.sort, c.sort) as @aside_sort, sum(c.n) as @aside, r.position as @received,
  round(100.0 * sum(c.n) / nullif(r.position, 0), 1) as @aside_percent,
  sum(case c.outcome when 'mended' then c.n else 0 end) as @aside_mended,
  sum(case c.outcome when 'taken' then c.n else 0 end) as @aside_taken,
  sum(case c.outcome when 'closed' then c.n else 0 end) as @aside_closed,
  sum(case c.outcome when 'waiting' then c.n else 0 end) as @aside_waiting,
  (select max(days) from taken t where t.sort = c.sort and place <= (many + 1) / 2) as @aside_median,
  (select max(days) from taken t where t.sort = c.sort) as @aside_most
from set_aside_count c join release r group by c.sort order by 2 desc, 1""",
        ("aside",),
    ),
)
