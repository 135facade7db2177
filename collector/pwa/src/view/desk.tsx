/** Side by side on a wide screen: the list on the left, the case on the right, and a keyboard to go through it. */
import { useEffect, useRef } from 'preact/hooks'
import type { WorkItem } from '../office.ts'
import { isToDo } from '../work.ts'
import { CaseBody, useOpenCase, useStart } from './case.tsx'
import { useScreen } from './context.ts'
import { HomeBody, useHomeFrame } from './home.tsx'
import { Page } from './page.tsx'
import { Entries, Filters, useEntries, useLooking } from './queue.tsx'
import { goInstead } from './router.ts'

export function Desk({ code }: { code: string | undefined }) {
  const { state, t } = useScreen()
  const must = state.work?.items.filter((item) => isToDo(item, state.records, state.workAt)).length ?? 0
  const home = useHomeFrame()
  const open = useOpenCase(code ?? '')
  const start = useStart()
  const looking = useLooking()
  const entries = useEntries(looking.wanted)
  const queue = useRef<HTMLElement>(null)
  const begin = (): void => {
    if (open.item && open.first) void start(open.item, open.first)
  }
  useKeys(queue, entries, code, begin)
  const side = (
    <aside ref={queue} class="queue" aria-label={t('work')}>
      <h2>{must > 0 ? t('work.count', { count: must }) : t('work')}</h2>
      <Filters {...looking} />
      <Entries entries={entries} here={code} />
      <p class="hint">{t('case.keys')}</p>
    </aside>
  )
  useEffect(() => scrollTo(0, 0), [code])
  const frame = code ? { ...home, ...open.frame, back: '#/' } : home
  return (
    <Page {...frame} place="desk" side={side}>
      {code ? <CaseBody key={code} code={code} /> : <HomeBody />}
    </Page>
  )
}

/** Up and down go through the list wherever nothing else on the page has the keys; Enter begins what must be done. */
function useKeys(
  queue: { current: HTMLElement | null },
  entries: WorkItem[],
  here: string | undefined,
  begin: () => void,
): void {
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
      const at = entries.findIndex(({ code }) => code === here)
      const next = by && entries[at < 0 ? 0 : at + by]
      if (!next) return
      event.preventDefault()
      goInstead('case', next.code)
      focusOn(queue, next.code)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
}

function focusOn(queue: { current: HTMLElement | null }, code: string): void {
  requestAnimationFrame(() => {
    const rows = queue.current?.querySelectorAll<HTMLElement>('.rows a') ?? []
    const row = [...rows].find((each) => each.getAttribute('href') === `#/case/${code}`)
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  })
}
