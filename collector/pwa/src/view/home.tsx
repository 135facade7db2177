/** Home: what would you like to record, what is not finished, what has not gone up. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Draft, Form } from '../contract.ts'
import { APP } from '../app.ts'
import { isWaiting, type State } from '../state.ts'
import { moment } from '../form/dates.ts'
import { answersOf } from '../form/answers.ts'
import { excerptOf, titleOf } from '../form/form.ts'
import { leftAt } from '../draft/left_at.ts'
import { photosLeft } from '../photo/photos.ts'
import { SIZES } from '../settings.ts'
import { comesOutOfCase, isWord } from '../case/work.ts'
import { aheadNow } from '../send/office_clock.ts'
import { LateNews, LatePart, useArrived } from './arriving.tsx'
import { useScreen } from './context.ts'
import { keptNews } from './phone/kept_parts.ts'
import { LadderNews } from './phone/ladder_news.tsx'
import { LevelTag, useLevel } from './level.tsx'
import { News, Page } from './page.tsx'
import { RecordRow } from './records.tsx'
import { addressOf, go } from './router.ts'
import { screenOf } from './screens.ts'
import { ToDo } from './case/to_do.tsx'
import { Year } from './year.tsx'

/** Records that one can begin without looking for them; a wall of buttons helps nobody. */
const AT_ONCE = 6

export function HomeScreen() {
  return (
    <Page {...useHomeFrame()} place="home">
      <HomeBody>
        <ToDo />
      </HomeBody>
    </Page>
  )
}

/** What stands around home, on a phone and beside the list of a wide screen. */
export function useHomeFrame() {
  const { state, settings, t } = useScreen()
  return {
    title: t(greeting(new Date()), { name: state.identity!.person.name }),
    under: state.hello?.congress.name[settings.lang],
    aside: <BiggerButton />,
    nav: 'home' as const,
  }
}

/** What home says: what has not gone up or came back, what is not finished, what is to be done unless it stands beside it. */
export function HomeBody({ children }: { children?: ComponentChildren }) {
  return (
    <>
      <Alerts />
      <UploadNews />
      <ToLookAt />
      <Drafts />
      {children}
      <Tiles />
      <Year />
      <LadderNews at="end" />
    </>
  )
}

function greeting(now: Date): string {
  const hour = now.getHours()
  return hour < 12 ? 'home.morning' : hour < 18 ? 'home.afternoon' : 'home.evening'
}

/** Steps through the sizes of letters, from any screen state, without words to learn. */
function BiggerButton() {
  const { settings, setSettings, t } = useScreen()
  const next = SIZES[(SIZES.indexOf(settings.size) + 1) % SIZES.length]!
  return (
    <button
      class="big"
      onClick={() => setSettings({ ...settings, size: next })}
      aria-label={t('bigger.said', { size: settings.size })}
    >
      {t('bigger')}
    </button>
  )
}

function Alerts() {
  const { state, update } = useScreen()
  const { upload } = state
  const sending = upload.at === 'sending'
  return (
    <>
      <LadderNews at="top" />
      {state.identity?.state === 'revoked' && <LateNews name="RevokedNews" />}
      {upload.at === 'pausing' && upload.why === 'unknown' && <LateNews name="UnknownNews" />}
      {aheadNow(state, new Date()) !== 0 && <LateNews name="ClockNews" />}
      {update === 'waits' && !sending && <LateNews name="UpdateNews" />}
      {update === 'none' && <LateNews name="NotHeldNews" />}
    </>
  )
}

/** To the file of what has not gone up. */
export function ExportLink() {
  const { t } = useScreen()
  return (
    <a class="button" href="#/phone/export">
      {t('export')}
    </a>
  )
}

/** What is not as usual with what the phone keeps; also said where it has to be enrolled. */
export function LossNews() {
  const { app, state } = useScreen()
  const { loss, back, saveFailed, refused } = state
  const said = loss || back || saveFailed || !app.round.store.lasting || Object.keys(refused)[0]
  return said ? <LatePart load={keptNews} props={{}} /> : null
}

/** What has not gone up yet, or that everything has. */
export function UploadNews({ act = true }: { act?: boolean }) {
  const { app, state, t } = useScreen()
  const waiting = state.records.filter(isWaiting).length
  const left = waiting || photosLeft(state).length
  const { upload } = state
  const see = act && (
    <a class="button" href="#/uploads">
      {t('see')}
    </a>
  )
  if (upload.at === 'sending') {
    return (
      <News
        kind="warn"
        sign="↑"
        head={t('strip.sending', { done: upload.done, total: upload.total })}
        act={see}
      >
        {app.round.store.lasting && <p>{t('strip.safe')}</p>}
      </News>
    )
  }
  if (left > 0) {
    return (
      <News
        kind="warn"
        sign="↑"
        head={t(waiting ? 'strip.waiting' : 'strip.photos', { count: left })}
        act={see}
      >
        {app.round.store.lasting && (
          <p>
            {t(upload.at === 'pausing' && upload.why === 'unreachable' ? 'strip.no_network' : 'strip.safe')}
          </p>
        )}
      </News>
    )
  }
  if (state.records.length === 0) return null
  return <News kind="ok" sign="✓" head={t('strip.all_there')} />
}

const forDeputies = ({ written_by }: Form): number => Number(written_by.includes('deputy'))

/** The forms this person writes: most written first, then what deputies write too and are asked for, then what is quickest. */
function formsFor({ identity, current, records, hello }: State): Form[] {
  const asked = hello?.duties?.items.flatMap(({ kinds }) => kinds) ?? []
  const notAsked = ({ kind }: Form): number => (asked.includes(kind) ? asked.indexOf(kind) : asked.length)
  const filed = (form: Form): number => records.filter(({ kind }) => kind === form.kind).length
  return current
    .filter((form) => form.written_by.includes(identity!.person.role) && !isWord(form))
    .sort(
      (a, b) =>
        filed(b) - filed(a) ||
        forDeputies(b) - forDeputies(a) ||
        notAsked(a) - notAsked(b) ||
        a.fields.length - b.fields.length,
    )
}

function Tiles() {
  const { app, state, t } = useScreen()
  const [more, setMore] = useState(false)
  const forms = formsFor(state)
  if ((state.hello?.oldest_app ?? 0) > APP) return <LateNews name="TooOldNews" />
  const begin = async (form: Form): Promise<void> =>
    go('draft', (await app.startDraft(form, !screenOf(form))).id, 1)
  const first = forms.filter((form) => !comesOutOfCase(form)).slice(0, AT_ONCE)
  const props = { forms, begin: (form: Form) => void begin(form) }
  return (
    <section>
      <h2>{t('home.what')}</h2>
      {forms.length === 0 && <p>{t('home.no_forms')}</p>}
      {!more && <Few {...props} forms={first} />}
      {forms.length > first.length && (
        <button class="wide" aria-expanded={more} onClick={() => setMore(!more)}>
          {t(more ? 'home.fewer' : 'home.others')}
        </button>
      )}
      {more && <All {...props} />}
    </section>
  )
}

interface TilesProps {
  forms: Form[]
  begin: (form: Form) => void
}

function Few({ forms, begin }: TilesProps) {
  const { settings } = useScreen()
  return (
    <div class="tiles">
      {forms.map((form) => (
        <button key={form.kind} onClick={() => begin(form)}>
          {settings.lang === 'zh' && <span aria-hidden="true">{signOf(form, forms)}</span>}
          {form.label[settings.lang]}
        </button>
      ))}
    </div>
  )
}

const allKinds = async () => (await import('./all_kinds.tsx')).AllKinds

/** All in their groups; where that does not come, all as they are. */
function All(props: TilesProps) {
  const { part: Part, failed } = useArrived(allKinds)
  if (Part) return <Part {...props} />
  return failed ? <Few {...props} /> : null
}

/** The character that tells a form from the others beside it. */
function signOf({ label }: Form, shown: Form[]): string {
  const elsewhere = (char: string): boolean =>
    shown.some((other) => other.label !== label && other.label.zh.includes(char))
  return [...label.zh].find((char) => !elsewhere(char)) ?? [...label.zh][0]!
}

function ToLookAt() {
  const { state, t } = useScreen()
  const level = useLevel()
  const records = state.records.filter(
    (record) => record.heed !== 'read' && ['look', 'returned'].includes(level(record)),
  )
  if (records.length === 0) return null
  return (
    <section>
      <h2>{t('home.look', { count: records.length })}</h2>
      <FirstFew items={records} draw={(record) => <RecordRow key={record.id} record={record} />} />
    </section>
  )
}

function Drafts() {
  const { state, t } = useScreen()
  if (state.drafts.length === 0) return null
  return (
    <section>
      <h2>{t('home.drafts', { count: state.drafts.length })}</h2>
      <FirstFew items={state.drafts} draw={(draft) => <DraftRow key={draft.id} draft={draft} />} />
    </section>
  )
}

function DraftRow({ draft }: { draft: Draft }) {
  const { state, settings } = useScreen()
  const form = state.forms.get(draft.form)
  const answers = form ? answersOf(form.fields, draft.typed) : {}
  const title = form ? titleOf(form, answers, state.refs, settings.lang) : draft.kind
  return (
    <li>
      <a href={addressOf('draft', draft.id, leftAt(draft.id))}>
        <span class="t">
          <span>
            {form?.label[settings.lang]} ·{' '}
            <span class="whole">{moment(draft.changedAt, settings.lang, new Date())}</span>
          </span>
          <LevelTag level="draft" />
        </span>
        <span class="under">{(form && excerptOf(form, answers)) || title}</span>
      </a>
    </li>
  )
}

/** So many rows stand between the greeting and what one came for; the rest at a tap. */
const FEW = 3

interface FewProps<Item> {
  items: Item[]
  draw: (item: Item) => ComponentChildren
}

function FirstFew<Item>({ items, draw }: FewProps<Item>) {
  const { t } = useScreen()
  const [all, setAll] = useState(false)
  return (
    <>
      <ul class="rows">{items.slice(0, all ? items.length : FEW).map(draw)}</ul>
      {items.length > FEW && !all && (
        <button class="wide" onClick={() => setAll(true)}>
          {t('home.more', { count: items.length - FEW })}
        </button>
      )}
    </>
  )
}
