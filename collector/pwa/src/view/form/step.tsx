/** The frame of a page that is filled in: what still has to be mended, then its questions, then the one way on. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Field, Form, SaidProblem, Typed, TypedAnswers } from '../../contract.ts'
import { schemaOf } from '../../form/form.ts'
import { questionOf } from '../../form/pointer.ts'
import { useScreen } from '../context.ts'
import { focusSoon } from '../focus.ts'
import { Page, type PageProps } from '../page.tsx'
import { Question, type Asking } from './field.tsx'
import { idOf } from './ids.ts'

/** Faults found on leaving a page; what is answered anew is not said any more. */
export function useFaults() {
  const [problems, setProblems] = useState<SaidProblem[]>([])
  const mended = (name: string): void =>
    setProblems(problems.filter(({ pointer }) => questionOf(pointer) !== name))
  return { problems, setProblems, mended }
}

/** Leave a page; where it cannot be left, what is wrong is read out. */
export const leaving = (leave: () => Promise<void>): void => void leave().then(() => focusSoon('faults'))

interface StepProps extends Omit<PageProps, 'children'> {
  problems: SaidProblem[]
  leave: () => Promise<void>
  onFocusOut?: (event: FocusEvent) => void
  children: ComponentChildren
}

export function StepPage({ problems, leave, onFocusOut, children, ...page }: StepProps) {
  return (
    <form
      noValidate
      {...(onFocusOut ? { onFocusOut } : {})}
      onSubmit={(event) => {
        event.preventDefault()
        leaving(leave)
      }}
    >
      <Page {...page}>
        {problems.length > 0 && <Faults problems={problems} />}
        {children}
      </Page>
    </form>
  )
}

interface QuestionsProps {
  form: Form
  fields: Field[]
  typed: TypedAnswers
  problems: SaidProblem[]
  onChange: (name: string, typed: Typed) => void
  /** What only this page knows of a question. */
  more?: (field: Field) => Partial<Asking>
}

export function Questions({ form, fields, typed, problems, onChange, more }: QuestionsProps) {
  return (
    <>
      {fields.map((field) => (
        <Question
          key={field.name}
          field={field}
          schema={schemaOf(form, field.name)}
          pointer={`/${field.name}`}
          typed={typed[field.name]}
          problems={problems}
          {...more?.(field)}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </>
  )
}

/** What still has to be filled in, each with a way to it. */
function Faults({ problems }: { problems: SaidProblem[] }) {
  const { settings, t } = useScreen()
  return (
    <div id="faults" class="news bad" tabIndex={-1} role="alert">
      <span class="sign" aria-hidden="true">
        !
      </span>
      <div>
        <b>{t('faults', { count: problems.length })}</b>
        <ul>
          {problems.map(({ pointer, say }) => (
            <li key={`${pointer} ${say.zh}`}>
              <button type="button" class="link" onClick={() => reach(pointer)}>
                {say[settings.lang]}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function reach(pointer: string): void {
  const place = document.getElementById(idOf(pointer))
  const control = place?.matches('fieldset') ? place.querySelector<HTMLElement>('input, button') : place
  place?.scrollIntoView({ block: 'center' })
  control?.focus({ preventScroll: true })
}
