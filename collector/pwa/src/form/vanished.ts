/** What a record answered that a later wording of its form does not ask any more. */
import type { Answers, Form, Label } from '../contract.ts'

/** The names of those questions, in the order in which they were asked. */
export function questionsGone(before: Form | undefined, now: Form, answers: Answers): Label[] {
  const asked = new Set(now.fields.map(({ name }) => name))
  const gone = Object.keys(answers).filter((name) => !asked.has(name))
  const labels = new Map(before?.fields.map(({ name, label }) => [name, label]))
  const order = [...labels.keys()]
  return gone
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((name) => labels.get(name) ?? { zh: name, en: name })
}
