"""Oversight: what is not mended, not answered, not closed, not carried out; by its day, never ranked."""

from __future__ import annotations

from publisher.data.questions.question import Question

QUESTIONS = (
    Question(
        "problems_not_mended",
        ("rectification_state state late", "rectification title organ due_on claimed_done_on measure"),
        """select r.code as @code, r.title as @problem, titled(organ, r.organ) as @organ, r.due_on as @due,
  r.claimed_done_on as @claimed_on, said(rectification_state.state, s.state) as @state, s.late as @days_over
from rectification r join rectification_state s on s.code = r.code
where s.state is not null and s.state <> 'kept' order by r.due_on, r.code""",
        ("appraisals", "rectification/list"),
    ),
    Question(
        "opinions_unanswered",
        (
            "deliberation_opinion_state state due reported_on read_on late",
            "deliberation_opinion title organ sent_on",
        ),
        """select o.code as @code, o.title as @opinion, titled(organ, o.organ) as @organ,
  o.sent_on as @sent_on, s.due as @due, s.reported_on as @reported_on, s.read_on as @published_on,
  said(deliberation_opinion_state.state, s.state) as @state, s.late as @days_over
from deliberation_opinion o join deliberation_opinion_state s on s.code = o.code
where s.read_on is null or s.late is not null order by s.due, o.code""",
        ("deliberations", "deliberation_opinion/list"),
    ),
    Question(
        "chains_open",
        ("oversight_item_state state opinions answered published open_days", "oversight_item title chain"),
        """select i.code as @code, i.title as @matter, said(oversight_item.chain, i.chain) as @chain,
  said(oversight_item_state.state, s.state) as @state, s.opinions as @opinions, s.answered as @answered,
  s.published as @read, s.open_days as @days_open
from oversight_item i join oversight_item_state s on s.code = i.code
where s.state is not null and s.state <> 'closed' order by s.open_days desc, i.code""",
        ("chains", "oversight_item/list"),
    ),
    Question(
        "resolutions_unfinished",
        ("adopted_resolution_state state looks last_look late", "adopted_resolution title organ due_on"),
        """select r.code as @code, r.title as @resolution, titled(organ, r.organ) as @organ, r.due_on as @due,
  said(adopted_resolution_state.state, s.state) as @state, s.looks as @looks, s.last_look as @last_look,
  s.late as @days_over
from adopted_resolution r join adopted_resolution_state s on s.code = r.code
where s.state is not null and s.state <> 'done' order by r.due_on, r.code""",
        ("resolutions", "adopted_resolution/list"),
    ),
    Question(
        "commitments_by_state",
        ("commitment_state state", "commitment year"),
        """select c.year as @year, said(commitment_state.state, s.state) as @state, count(*) as @commitments
from commitment c join commitment_state s on s.code = c.code
where s.state is not null group by c.year, s.state order by c.year desc, 2""",
        ("commitments", "commitment/list"),
    ),
)
