/** The first page of a result: which ballot, whether it was void, and whether both counts have arrived. */
import { useEffect, useState } from 'preact/hooks'
import type { Form } from '../../contract.ts'
import type { Counted } from '../../office.ts'
import { newestFirst } from '../../tally/counting.ts'
import { schemaOf } from '../../form/form.ts'
import { COUNTS, keptCounts, sameList, withCounts } from '../../tally/settling.ts'
import { useScreen } from '../context.ts'
import { DropDraft } from '../form/draft.tsx'
import { Question } from '../form/field.tsx'
import type { Put } from '../form/use_draft.ts'
import { News, Page } from '../page.tsx'
import { FIRST, type Result } from './result.tsx'
import { go } from '../router.ts'

/** What the office said of the counts. */
type Heard =
  { at: 'asking' } | { at: 'arrived'; arrived: number } | { at: 'away' } | { at: 'refused'; say: string }

export function Arrival({ draft, form, held, ballot, isVoid, pair, strip }: Result) {
  const { app, settings, t } = useScreen()
  const [heard, setHeard] = useState<Heard | null>(null)
  const { typed } = held
  const code = typeof typed.ballot === 'string' ? typed.ballot : ''
  const counts = keptCounts(typed)
  const wrongList = pair !== null && !sameList(pair, ballot)

  const ask = async (): Promise<void> => {
    setHeard({ at: 'asking' })
    try {
      const { arrived, counts: come } = await app.counts(ballot?.code ?? code)
      if (come) held.put(withCounts(typed, come), true)
      setHeard({ at: 'arrived', arrived })
    } catch (fault) {
      const say = (fault as { say?: Form['label'] | null }).say
      setHeard(say ? { at: 'refused', say: say[settings.lang] } : { at: 'away' })
    }
  }
  useEffect(() => {
    if (code && !isVoid && !counts) void ask()
  }, [code, isVoid])

  const goOn = async (): Promise<void> => {
    held.put({ declared_void: isVoid })
    if (await held.flush()) go('draft', draft.id, 2)
  }
  const fields = form.fields.filter(({ name }) => FIRST.has(name))
  const onward = isVoid ? code !== '' : pair !== null && !wrongList
  return (
    <Page
      title={
        draft.replaces ? t('draft.mending', { kind: form.label[settings.lang] }) : form.label[settings.lang]
      }
      back="#/"
      place={`draft-${draft.id}-1`}
      strip={strip}
      {...(onward
        ? {
            footer: (
              <button class="pri" onClick={() => void goOn()}>
                {t('next')}
              </button>
            ),
          }
        : code && !isVoid && heard?.at !== 'asking'
          ? {
              footer: (
                <button class="pri" onClick={() => void ask()}>
                  {t('result.ask')}
                </button>
              ),
            }
          : {})}
    >
      <p class="lead">{form.description[settings.lang]}</p>
      {fields.map((field) => (
        <Question
          key={field.name}
          field={field}
          schema={schemaOf(form, field.name)}
          pointer={`/${field.name}`}
          typed={field.name === 'declared_void' ? (typed.declared_void ?? false) : typed[field.name]}
          problems={[]}
          {...(field.name === 'ballot' ? { order: newestFirst } : {})}
          onChange={(value) =>
            held.put(
              field.name === 'ballot' ? { ballot: value, [COUNTS]: '', counts: [] } : { [field.name]: value },
              true,
            )
          }
        />
      ))}
      {code && !isVoid && !counts && <Waiting heard={heard} />}
      {wrongList && <News kind="bad" sign="×" head={t('result.other_list')} />}
      {!isVoid && counts && <BothCounts counts={counts} pair={pair} put={held.put} />}
      <DropDraft draft={draft} />
    </Page>
  )
}

/** Why there is nothing to compare yet; the draft keeps until there is. */
function Waiting({ heard }: { heard: Heard | null }) {
  const { t } = useScreen()
  if (!heard || heard.at === 'asking') return <p role="status">{t('result.asking')}</p>
  return (
    <News
      kind="warn"
      sign="…"
      head={
        heard.at === 'arrived'
          ? t(heard.arrived === 0 ? 'result.none_yet' : 'result.one_yet')
          : heard.at === 'away'
            ? t('result.away')
            : heard.say
      }
    >
      <p>{t('result.waits')}</p>
    </News>
  )
}

interface BothProps {
  counts: Counted[]
  pair: [Counted, Counted] | null
  put: Put
}

/** Which two the result cites; where the tellers counted again there are more than two. */
function BothCounts({ counts, pair, put }: BothProps) {
  const { t } = useScreen()
  const codes = pair?.map(({ code }) => code) ?? []
  const toggle = (code: string, on: boolean): void =>
    put({ counts: on ? [...codes, code].slice(-2) : codes.filter((each) => each !== code) }, true)
  return (
    <fieldset class="field">
      <legend>{t('result.counts', { count: counts.length })}</legend>
      {counts.length > 2 && <p class="hint">{t('result.choose_two')}</p>}
      {counts.map(({ code, answers }) =>
        counts.length === 2 ? (
          <p key={code}>{t('result.count', { code, check: String(answers.check_code ?? '') })}</p>
        ) : (
          <label key={code} class={codes.includes(code) ? 'option on' : 'option'}>
            <input
              type="checkbox"
              checked={codes.includes(code)}
              onChange={({ currentTarget }) => toggle(code, currentTarget.checked)}
            />
            {t('result.count', { code, check: String(answers.check_code ?? '') })}
          </label>
        ),
      )}
    </fieldset>
  )
}
