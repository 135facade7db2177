/** Both counts number by number; where they differ, a word and a frame say so, and one number is settled on. */
import type { Form, TypedAnswers } from '../../contract.ts'
import type { Counted } from '../../office.ts'
import type { Ballot } from '../../tally/counting.ts'
import { cellWords, differs, settle, settledAt, settledText, type Cell } from '../../tally/settling.ts'
import { useScreen } from '../context.ts'
import { idOf } from '../form/field.tsx'
import type { Put } from '../form/use_draft.ts'
import { Figure, Numbers, Row, RowName, Rows } from './numbers.tsx'

interface SideProps {
  form: Form
  ballot: Ballot | null
  pair: [Counted, Counted]
  cells: Cell[]
  typed: TypedAnswers
  put: Put
}

/** Where a cell stands, as the faults name it. */
export const cellId = ({ option, field }: Cell): string =>
  option === null ? `/${field}` : `/totals/${option}/${field}`

export function SideBySide({ form, ballot, pair, cells, typed, put }: SideProps) {
  const { t } = useScreen()
  return (
    <Numbers
      name="both"
      heads={[
        t('result.number'),
        <>
          {t('result.a')} <small>{pair[0].code}</small>
        </>,
        <>
          {t('result.b')} <small>{pair[1].code}</small>
        </>,
      ]}
    >
      {cells.map((cell) => (
        <CellRows key={cellId(cell)} cell={cell} form={form} ballot={ballot} typed={typed} put={put} />
      ))}
    </Numbers>
  )
}

function CellRows({ cell, form, ballot, typed, put }: Omit<SideProps, 'pair' | 'cells'> & { cell: Cell }) {
  const { settings, t } = useScreen()
  const place = cellWords(cell, ballot, form)[settings.lang]
  const id = idOf(cellId(cell))
  const set = (text: string): void => put((now) => settle(now, cell, text), true)
  const settled = settledAt(typed, cell)
  return (
    <Rows class={differs(cell) ? 'off' : undefined}>
      <Row>
        <RowName>
          {place}
          {differs(cell) && <em> {t('result.off')}</em>}
        </RowName>
        <Figure>{cell.a}</Figure>
        <Figure>{cell.b}</Figure>
      </Row>
      {differs(cell) && (
        <Row>
          <Figure wide={3}>
            <div class="settle">
              <label for={id}>
                {t('result.settled')} <span class="only-heard">{place}</span>
              </label>
              <input
                id={id}
                inputMode="numeric"
                value={settledText(typed, cell)}
                onInput={({ currentTarget }) => set(currentTarget.value)}
                autocomplete="off"
              />
              <button
                type="button"
                aria-pressed={settled === cell.a}
                aria-label={t('result.take_a_said', { place, number: cell.a })}
                onClick={() => set(String(cell.a))}
              >
                {t('result.take_a', { number: cell.a })}
              </button>
              <button
                type="button"
                aria-pressed={settled === cell.b}
                aria-label={t('result.take_b_said', { place, number: cell.b })}
                onClick={() => set(String(cell.b))}
              >
                {t('result.take_b', { number: cell.b })}
              </button>
            </div>
          </Figure>
        </Row>
      )}
    </Rows>
  )
}
