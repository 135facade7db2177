/** Questions that repeat: rows one adds and takes out. What was taken out can be put back while one is here. */
import { useRef, useState } from 'preact/hooks'
import { answersOf, isAsked } from '../../form/answers.ts'
import type { JsonSchema, Typed, TypedAnswers } from '../../contract.ts'
import { useScreen } from '../context.ts'
import { Question, type Asking } from './field.tsx'
import { focusSoon } from '../focus.ts'
import { idOf } from './ids.ts'

type Props = Asking & { id: string }

/** A list of short texts, one a line of its own. */
export function Texts({ field, schema, typed, onChange, id }: Props) {
  const { settings, t } = useScreen()
  const texts = (typed as string[] | undefined) ?? []
  const rows = useRows<string>(texts, onChange, id, (at) => `${id}-${at}`)
  const most = (schema.items as JsonSchema | undefined)?.maxLength
  return (
    <>
      {rows.each((text, at, key) => (
        <div class="item" key={key}>
          <input
            id={`${id}-${at}`}
            value={text}
            maxLength={typeof most === 'number' ? most : undefined}
            aria-label={t('group.item', { label: field.label[settings.lang], number: at + 1 })}
            onInput={({ currentTarget }) => rows.put(at, currentTarget.value)}
            autocomplete="off"
          />
          <Remove number={at + 1} onClick={() => rows.drop(at, text !== '')} />
        </div>
      ))}
      <Add id={id} schema={schema} count={texts.length} onClick={() => rows.add('')} />
    </>
  )
}

/** The same few questions for each item. Where there must be one, it stands there to begin with. */
export function Group({ field, schema, pointer, typed, onChange, problems, notes, id }: Props) {
  const { settings, t } = useScreen()
  const inner = field.fields ?? []
  const items = (typed as TypedAnswers[] | undefined) ?? []
  const parts = ((schema.items as JsonSchema | undefined)?.properties ?? {}) as Record<string, JsonSchema>
  const shown = items.length === 0 && field.required ? [{}] : items
  const firstOf = (at: number): string => idOf(`${pointer}/${at}/${inner[0]?.name}`)
  const rows = useRows<TypedAnswers>(shown, onChange, id, firstOf)
  const add = (): void => (items.length < shown.length ? focusSoon(firstOf(0), true) : rows.add({}))
  return (
    <>
      {rows.each((item, at, key) => {
        const answers = answersOf(inner, item)
        return (
          <fieldset class="item-group" key={key}>
            <legend>{t('group.item', { label: field.label[settings.lang], number: at + 1 })}</legend>
            {inner
              .filter((each) => isAsked(each, inner, answers))
              .map((each) => (
                <Question
                  key={each.name}
                  field={each}
                  schema={parts[each.name] ?? {}}
                  pointer={`${pointer}/${at}/${each.name}`}
                  typed={item[each.name]}
                  onChange={(value) => rows.put(at, { ...item, [each.name]: value })}
                  problems={problems}
                  notes={notes}
                />
              ))}
            {items.length > 0 && (
              <Remove number={at + 1} onClick={() => rows.drop(at, Object.keys(answers).length > 0)} />
            )}
          </fieldset>
        )
      })}
      <Add id={id} schema={schema} count={items.length} onClick={add} />
    </>
  )
}

// ---------------------------------------------------------------- rows

interface RowsHeld<Row> {
  /** Every row in its order, with its own key; where one was taken out stands the way to put it back. */
  each: (draw: (row: Row, at: number, key: number) => preact.JSX.Element) => preact.JSX.Element[]
  put: (at: number, row: Row) => void
  add: (row: Row) => void
  drop: (at: number, offerBack: boolean) => void
}

function useRows<Row extends string | TypedAnswers>(
  rows: Row[],
  onChange: (typed: Typed) => void,
  id: string,
  firstOf: (at: number) => string,
): RowsHeld<Row> {
  const { t } = useScreen()
  const [taken, setTaken] = useState<{ at: number; row: Row } | null>(null)
  const keys = useRef({ list: [] as number[], next: 0 })
  const { list } = keys.current
  const newKey = (): number => keys.current.next++
  while (list.length < rows.length) list.push(newKey())
  list.length = rows.length
  const tell = (next: Row[]): void => onChange(next as Typed)

  const putBack = (): void => {
    if (!taken) return
    list.splice(taken.at, 0, newKey())
    tell([...rows.slice(0, taken.at), taken.row, ...rows.slice(taken.at)])
    setTaken(null)
    focusSoon(firstOf(taken.at))
  }
  const back = taken && (
    <div class="taken" key="taken">
      <span role="status">{t('group.taken', { number: taken.at + 1 })}</span>
      <button type="button" id={`${id}-back`} onClick={putBack}>
        {t('group.put_back')}
      </button>
    </div>
  )
  return {
    each: (draw) => {
      const drawn = rows.map((row, at) => draw(row, at, list[at]!))
      return back ? [...drawn.slice(0, taken.at), back, ...drawn.slice(taken.at)] : drawn
    },
    put: (at, row) => tell(rows.map((each, index) => (index === at ? row : each))),
    add: (row) => {
      tell([...rows, row])
      focusSoon(firstOf(rows.length), true)
    },
    drop: (at, offerBack) => {
      list.splice(at, 1)
      tell(rows.filter((_, index) => index !== at))
      setTaken(offerBack ? { at, row: rows[at]! } : null)
      focusSoon(offerBack ? `${id}-back` : `${id}-add`)
    },
  }
}

function Add({
  id,
  schema,
  count,
  onClick,
}: Pick<Props, 'id' | 'schema'> & { count: number; onClick: () => void }) {
  const { t } = useScreen()
  const most = schema.maxItems
  if (typeof most === 'number' && count >= most) return <p class="echo">{t('group.full', { most })}</p>
  return (
    <button type="button" class="wide" id={`${id}-add`} onClick={onClick}>
      {t('group.add')}
    </button>
  )
}

function Remove({ number, onClick }: { number: number; onClick: () => void }) {
  const { t } = useScreen()
  return (
    <button type="button" onClick={onClick}>
      {t('group.remove', { number })}
    </button>
  )
}
