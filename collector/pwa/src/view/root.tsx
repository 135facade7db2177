/** Which screen is shown, and the moments at which the app speaks with the office. */
import { useEffect, useMemo, useReducer, useState } from 'preact/hooks'
import type { App } from '../app.ts'
import { leftAt } from '../draft/left_at.ts'
import { keepSettings, wear, type Settings } from '../settings.ts'
import { isWaiting } from '../state.ts'
import { useGate } from '../phone/gate.ts'
import { loadWords } from '../words.ts'
import type { WorkerNews } from '../phone/worker.ts'
import { ScreenContext, useScreen } from './context.ts'
import { fetchEarly, LateScreen } from './arriving.tsx'
import { EnrolScreen } from './phone/enrol.tsx'
import { HomeScreen } from './home.tsx'
import { RecordsScreen } from './records.tsx'
import { useRoute } from './router.ts'
import { useWide } from './use_wide.ts'

interface RootProps {
  app: App
  storage: Storage | undefined
  settings: Settings
}

export function Root({ app, storage, settings: first }: RootProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [settings, setSettings] = useState(first)
  const [update, setUpdate] = useState<WorkerNews>(null)
  useEffect(() => app.subscribe(() => redraw(undefined)), [])
  useEffect(() => {
    let leave: (() => void) | undefined
    const begin = (): void => {
      void app.askPersisted()
      void app.upload()
      // What one fills in with is fetched while one looks at the first page: it opens at once, and with no network.
      setTimeout(() => void fetchEarly(draft).then(() => fetchEarly(record)))
      // After the first screen, so that holding the app for later does not hold up opening it.
      worker()
        .then(({ startWorker }) => startWorker(setUpdate))
        .catch((fault: unknown) => console.error(fault))
      leave = onEveryChance(() => void app.upload())
    }
    // Once what was opened stands: none of this is to hold that up.
    const soon = setTimeout(begin)
    return () => {
      clearTimeout(soon)
      leave?.()
    }
  }, [])
  const waiting = app.state().records.filter(isWaiting).length
  useEffect(() => void navigator.setAppBadge?.(waiting).catch(() => undefined), [waiting])
  const screen = useMemo(
    () => ({
      app,
      state: app.state(),
      settings,
      update,
      setSettings: (changed: Settings) => {
        keepSettings(storage, changed)
        wear(document.documentElement, changed)
        void loadWords(changed.lang).finally(() => setSettings(changed))
      },
    }),
    [app.state(), settings, update],
  )
  return (
    <ScreenContext.Provider value={screen}>
      <Here />
    </ScreenContext.Provider>
  )
}

const worker = () => import('../phone/worker.ts')
const draft = async () => (await import('./form/filling_screens.ts')).DraftScreen
const record = async () => (await import('./form/filling_screens.ts')).RecordScreen
const help = async () => (await import('./seldom_screens.ts')).HelpScreen
const uploads = async () => (await import('./seldom_screens.ts')).UploadsScreen
const ladder = async () => (await import('./phone/ladder_screens.tsx')).LadderScreen
const phone = async () => (await import('./seldom_screens.ts')).PhoneScreen
const desk = async () => (await import('./case/work_screens.ts')).Desk
const theCase = async () => (await import('./case/work_screens.ts')).CaseScreen
const theAside = async () => (await import('./case/work_screens.ts')).AsideScreen
const theList = async () => (await import('./case/work_screens.ts')).WorkScreen

/** Who has a list long enough to stand beside what it lists. */
const AT_A_DESK = new Set(['clerk', 'presidium', 'handler'])

function Here() {
  const { state, settings, t } = useScreen()
  const [screen = '', id, step] = useRoute()
  const open = useGate(state.pin)
  const wide = useWide(settings)
  const { identity } = state
  if (open || screen === 'phone')
    return <LateScreen key={screen + id} load={phone} title={t('name')} props={{ part: id, open }} />
  if (screen === 'help') return <LateScreen key="help" load={help} title={t('nav.help')} props={{}} />
  if (screen === 'install' || screen === 'handover')
    return <LateScreen key={screen} load={ladder} title={t('nav.help')} props={{ screen }} />
  if (!identity || identity.state === 'pending') return <EnrolScreen />
  if (screen === 'draft' && id)
    return <LateScreen key={id} load={draft} title={t('nav.home')} props={{ id, step: step ?? leftAt(id) }} />
  if (screen === 'records') return <RecordsScreen />
  if (screen === 'record' && id)
    return <LateScreen key={id} load={record} title={t('nav.records')} props={{ id }} />
  if (screen === 'uploads')
    return <LateScreen key="uploads" load={uploads} title={t('uploads.title')} props={{}} />
  const code = screen === 'case' ? id : undefined
  if (wide && AT_A_DESK.has(identity.person.role)) {
    const meanwhile = code ? {} : { meanwhile: <HomeScreen /> }
    const props = { code, aside: screen === 'aside' }
    return <LateScreen key="desk" load={desk} title={t('work')} props={props} {...meanwhile} />
  }
  if (code) return <LateScreen key="case" load={theCase} title={t('work')} props={{ code }} />
  if (screen === 'aside') return <LateScreen key="aside" load={theAside} title={t('work')} props={{}} />
  if (screen === 'work') return <LateScreen key="work" load={theList} title={t('work')} props={{}} />
  return <HomeScreen />
}

/** Who leaves the app open all day hears what is new as well. */
const EVERY_MS = 5 * 60_000

/** Signs that the network may be back. None is trusted: each is only a reason to try. */
function onEveryChance(act: () => void): () => void {
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible') act()
  }
  const clock = setInterval(whenVisible, EVERY_MS)
  addEventListener('online', act)
  addEventListener('pageshow', act)
  document.addEventListener('visibilitychange', whenVisible)
  return () => {
    clearInterval(clock)
    removeEventListener('online', act)
    removeEventListener('pageshow', act)
    document.removeEventListener('visibilitychange', whenVisible)
  }
}
