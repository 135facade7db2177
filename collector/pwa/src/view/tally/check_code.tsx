/** After a count is filed: its code, large; whether the other teller's is the same; and if not, all numbers to read aloud. */
import { useState } from 'preact/hooks'
import { chineseNumber } from '../../form/chinese_number.ts'
import type { Answers, Filed, Form, Lang } from '../../contract.ts'
import { ballotOf, votesAsked } from '../../tally/counting.ts'
import { cleanCheckCode, numberOf, rowsOf, SHEETS, VOTES } from '../../tally/tally.ts'
import { useScreen } from '../context.ts'
import { Figure, Numbers, Row, RowName, Rows } from './numbers.tsx'
import { News } from '../page.tsx'
import type { RecordProps } from '../record.tsx'

const LENGTH = 6

export function CodeToCompare({ record }: RecordProps) {
  const { t } = useScreen()
  const [typed, setTyped] = useState('')
  const own = String(record.answers.check_code ?? '')
  const other = cleanCheckCode(typed)
  const whole = other.length === LENGTH
  const same = whole && other === cleanCheckCode(own)
  return (
    <section class="compare">
      <h2>{t('tally.code')}</h2>
      <p class="digits">{own}</p>
      <p>{t('tally.code_how')}</p>
      <div class="field">
        <label for="other-code">{t('tally.other_code')}</label>
        <input
          id="other-code"
          class="code"
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          aria-describedby="code-said"
          autocapitalize="characters"
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <div id="code-said" role="status">
        {typed !== '' && !whole && <p>{t('tally.code_short', { count: other.length })}</p>}
        {same && (
          <News kind="ok" sign="✓" head={t('tally.same')}>
            <p>{t('tally.same_text')}</p>
          </News>
        )}
        {whole && !same && (
          <News kind="warn" sign="!" head={t('tally.different')}>
            <p>{t('tally.different_text')}</p>
          </News>
        )}
      </div>
      {whole && !same && <ReadAloud record={record} />}
      <p>{t('tally.stands')}</p>
    </section>
  )
}

interface Row {
  key: string
  name: string
  vote: string | null
  number: number
}

/** Every number in the list's order, as one says it, with a mark for the one where the other teller says otherwise. */
function ReadAloud({ record }: { record: Filed }) {
  const { state, settings, t } = useScreen()
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const form = state.forms.get(record.form) ?? state.current.find(({ kind }) => kind === record.kind)
  const ballot = ballotOf(state.refs, record.answers.ballot)
  const subjects = new Map(ballot?.candidates.map(({ option, subject }) => [option, subject]))
  if (!form) return null
  const rows = rowsToRead(
    record.answers,
    form,
    settings.lang,
    subjects,
    ballot ? votesAsked(ballot.form) : VOTES,
  )
  const toggle = (key: string): void => {
    const changed = new Set(marked)
    if (!changed.delete(key)) changed.add(key)
    setMarked(changed)
  }
  const found = rows.filter(({ key }) => marked.has(key))
  return (
    <>
      <Numbers name="aloud" caption={t('tally.aloud')} heads={[t('tally.item'), t('tally.mine')]}>
        <Rows>
          {rows.map(({ key, name, vote, number }) => (
            <Row key={key} class={marked.has(key) ? 'off' : undefined}>
              <RowName>
                {name} {vote}
              </RowName>
              <Figure>
                <div>
                  <span class="spoken">
                    {settings.lang === 'zh' && <b>{chineseNumber(number)} </b>}
                    <span>{settings.lang === 'zh' ? t('tally.figure', { number }) : number}</span>
                  </span>
                  <label class={marked.has(key) ? 'option on' : 'option'}>
                    <input type="checkbox" checked={marked.has(key)} onChange={() => toggle(key)} />
                    <span>
                      {t('tally.not_the_same')}
                      <span class="only-heard"> {`${name} ${vote ?? ''}`}</span>
                    </span>
                  </label>
                </div>
              </Figure>
            </Row>
          ))}
        </Rows>
      </Numbers>
      <p role="status">
        {found.length > 0 &&
          t('tally.found', {
            places: found
              .map(({ name, vote }) => (vote ? `${name} ${vote}` : name))
              .join(settings.lang === 'zh' ? '、' : ', '),
          })}
      </p>
    </>
  )
}

function rowsToRead(
  answers: Answers,
  form: Form,
  lang: Lang,
  subjects: Map<string, string>,
  votes: readonly string[],
): Row[] {
  const labelOf = (fields: Form['fields'], name: string): string =>
    fields.find((field) => field.name === name)?.label[lang] ?? name
  const inner = form.fields.find(({ name }) => name === 'totals')?.fields ?? []
  const rows = [...rowsOf(answers)]
  const given = votes.filter((vote) => rows.some(([, row]) => vote in row))
  const sheets = SHEETS.map((name) => ({
    key: name,
    name: labelOf(form.fields, name),
    vote: null,
    number: numberOf(answers, name),
  }))
  const options = rows.flatMap(([option, row]) =>
    given.map((vote) => ({
      key: `${option} ${vote}`,
      name: `${option} ${subjects.get(option) ?? ''}`,
      vote: given.length > 1 ? labelOf(inner, vote) : null,
      number: numberOf(row, vote),
    })),
  )
  return [...sheets, ...options]
}
