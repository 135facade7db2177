/** Side by side on a wide screen: the list on the left, what is open on the right, and a keyboard to go through it. */
import { useEffect, useRef } from 'preact/hooks'
import { decidedHere, isEntry } from '../../case/aside.ts'
import { isToDo } from '../../case/work.ts'
import { EntryBody, useEntryFrame } from './aside_item.tsx'
import { AsideList, DeskTabs, useKept } from './aside_list.tsx'
import { CaseBody, useOpenCase, useStart } from './case.tsx'
import { useScreen } from '../context.ts'
import { HomeBody, useHomeFrame } from '../home.tsx'
import { Page } from '../page.tsx'
import { Entries, Filters, useEntries, useLooking } from './queue.tsx'
import { goInstead } from '../router.ts'

interface DeskProps {
  code: string | undefined
  /** The list of what was kept aside, with nothing of it open. */
  aside: boolean
}

export function Desk({ code, aside }: DeskProps) {
  const { state, t } = useScreen()
  const must = state.work?.items.filter((item) => isToDo(item, state.records, state.workAt)).length ?? 0
  const home = useHomeFrame()
  const isAside = aside || isEntry(code)
  const open = useOpenCase(code ?? '')
  const entryFrame = useEntryFrame(code ?? '')
  const start = useStart()
  const looking = useLooking()
  const entries = useEntries(looking.wanted)
  const kept = useKept()
  const queue = useRef<HTMLElement>(null)
  const begin = (): void => {
    // Nothing is decided by the key alone: it leads to the buttons.
    if (isAside) document.querySelector<HTMLElement>('main .step')?.focus()
    else if (open.first?.kind === 'approval') document.querySelector<HTMLElement>('footer .pri')?.focus()
    else if (open.item && open.first) void start(open.item, open.first)
  }
  const { records, workAt, deskAt } = state
  const rows: Row[] = isAside
    ? kept.kept.map(({ entry: { digest } }) => ({
        code: digest,
        open: !decidedHere(digest, records, deskAt),
      }))
    : entries.map((item) => ({ code: item.code, open: !item.must || isToDo(item, records, workAt) }))
  useKeys(queue, rows, code, begin)
  const side = (
    <aside ref={queue} class="queue" aria-label={t(isAside ? 'aside.title' : 'work')}>
      <DeskTabs aside={isAside} must={must} />
      {isAside ? (
        <AsideList list={kept} here={code} />
      ) : (
        <>
          <Filters {...looking} />
          <Entries entries={entries} here={code} />
        </>
      )}
      <p class="hint">{t(isAside ? 'aside.keys' : 'case.keys')}</p>
    </aside>
  )
  useEffect(() => scrollTo(0, 0), [code])
  const frame = isEntry(code)
    ? { ...home, ...entryFrame, back: '#/aside' }
    : code
      ? { ...home, ...open.frame, back: '#/' }
      : aside
        ? { ...home, title: t('aside.title'), back: '#/' }
        : home
  return (
    <Page {...frame} place={aside ? 'aside' : 'desk'} side={side}>
      {isEntry(code) ? (
        <EntryBody key={code} code={code!} />
      ) : code ? (
        <CaseBody key={code} code={code} />
      ) : aside ? (
        <>
          <p class="lead">{t('aside.about')}</p>
          {kept.kept.length > 0 && <p>{t('aside.pick')}</p>}
        </>
      ) : (
        <HomeBody />
      )}
    </Page>
  )
}

interface Row {
  code: string
  /** Somebody still has to act. */
  open: boolean
}

/** Where in the list one was last, also while one fills something in. */
let place = 0

/** Up and down go through the list wherever nothing else on the page has the keys; Enter goes on with what is open. */
function useKeys(
  queue: { current: HTMLElement | null },
  rows: Row[],
  here: string | undefined,
  begin: () => void,
): void {
  const now = rows.findIndex(({ code, open }) => code === here && open)
  if (now >= 0) place = now
  const byKey = useRef(false)
  // A row further down than the list went so far is there only once it has been drawn.
  useEffect(() => {
    if (byKey.current && here) focusOn(queue.current, here)
    byKey.current = false
  }, [here])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target as HTMLElement
      const row = target.closest<HTMLElement>('.queue .rows a')
      if (!row && !target.matches('body, h1')) return
      if (event.key === 'Enter' && here && (!row || row.hasAttribute('aria-current'))) {
        event.preventDefault()
        return begin()
      }
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (!by) return
      // What was just filled in has left its place, and the next one has moved up into it.
      const from = now >= 0 || !here ? now : by > 0 ? place - 1 : place
      const next = rows[Math.max(0, from + by)]?.code
      if (!next || next === here) return
      event.preventDefault()
      byKey.current = true
      goInstead('case', next)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

function focusOn(queue: HTMLElement | null, code: string): void {
  const rows = queue?.querySelectorAll<HTMLElement>('.rows a') ?? []
  const row = [...rows].find((each) => each.getAttribute('href') === `#/case/${code}`)
  row?.focus({ preventScroll: true })
  // In the middle of the list: its lower edge may be below the screen.
  row?.scrollIntoView({ block: 'center' })
}
