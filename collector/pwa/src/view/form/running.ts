/** What does not fit, said while one writes: quietly, under the last question it is about; nothing moves and nothing is barred. */
import { useEffect, useReducer, useState } from 'preact/hooks'
import type { Answers, Form, Problem, SaidProblem } from '../../contract.ts'
import { questionOf } from '../../form/pointer.ts'
import { label } from '../../words.ts'
import { loadCheck } from './faults.ts'
import { idOf } from './ids.ts'

const AFTER_MS = 400

interface Running {
  notes: SaidProblem[]
  /** Somebody has left a question: what is wrong with it may be said now. */
  onFocusOut: () => void
}

/** `names` are the questions on the screen. */
export function useRunning(form: Form, answers: Answers, names: string[]): Running {
  const [notes, setNotes] = useState<SaidProblem[]>([])
  const [turn, onFocusOut] = useReducer<number, void>((count) => count + 1, 0)
  const now = JSON.stringify(answers)
  useEffect(() => {
    let over = false
    const look = async (): Promise<void> => {
      const problems = await (await loadCheck()).checkAnswers(form, answers)
      if (!over) setNotes(running(form, problems, answers, names, typingIn(names)))
    }
    const timer = setTimeout(() => void look().catch((fault: unknown) => console.error(fault)), AFTER_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [now, turn, names.join()])
  return { notes, onFocusOut: () => onFocusOut() }
}

/** The question that somebody is at: a word half written is not yet wrong. */
function typingIn(names: string[]): string | undefined {
  const here = document.activeElement?.matches('input, textarea') ? document.activeElement.id : ''
  return names.find((name) => here === idOf(`/${name}`) || here.startsWith(`${idOf(`/${name}`)}-`))
}

/** What may be said now: rules across questions at the last of them, and what is wrong with an answer one has left. */
export function running(
  form: Form,
  problems: Problem[],
  answers: Answers,
  names: string[],
  typing?: string,
): SaidProblem[] {
  return problems.flatMap(({ pointer, key, params }) => {
    const say = label(key, params)
    const check = form.checks.find((each) => each.say === params.say)
    if (check) {
      const last = form.fields.filter(({ name }) => check.fields.includes(name)).at(-1)?.name ?? ''
      return names.includes(last) ? [{ pointer: `/${last}`, say }] : []
    }
    const name = questionOf(pointer)
    const known = names.includes(name) && name in answers && name !== typing
    return known && key !== 'problem.required' ? [{ pointer, say }] : []
  })
}
