/** Many kinds in an order one can look through: under the words of their group, or by a few letters. Pure. */
import type { Form, Label } from '../contract.ts'
import { matches } from './choosing.ts'

export interface Group {
  /** Null for the kinds that belong to none. */
  label: Label | null
  forms: Form[]
}

/** Groups that say nothing of their place come after those that do, and what has no group comes last. */
const LATER = 100

/**
 * The forms in their groups, each in the order in which they come. Where a group stands may be said by a kind that
 * is not among them, so that needs `all`.
 */
export function groupsOf(forms: Form[], all: Form[]): Group[] {
  const place = ({ group }: Form): number => {
    const said = all.flatMap((form) => (form.group?.zh === group?.zh && form.group_at) || [])
    return group ? Math.min(LATER, ...said) : Infinity
  }
  const groups = new Map<string | undefined, Group & { at: number }>()
  for (const form of forms) {
    const there = groups.get(form.group?.zh)
    if (there) there.forms.push(form)
    else groups.set(form.group?.zh, { label: form.group ?? null, forms: [form], at: place(form) })
  }
  return [...groups.values()].sort((a, b) => a.at - b.at).map(({ label, forms }) => ({ label, forms }))
}

/** The forms that are meant by what was typed: letters of the name, or the first letters of it in pinyin. */
export const meant = (forms: Form[], search: string): Form[] =>
  forms.filter(({ label }) => matches({ code: '', name: null, label }, search))
