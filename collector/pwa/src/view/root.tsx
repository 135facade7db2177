/** Which screen is shown, and the moments at which the app speaks with the office. */
import { useEffect, useMemo, useReducer, useState } from 'preact/hooks'
import type { App } from '../app.ts'
import { keepSettings, wear, type Settings } from '../settings.ts'
import { isWaiting } from '../state.ts'
import { loadWords } from '../words.ts'
import { startWorker } from '../worker.ts'
import { ScreenContext } from './context.ts'
import { DraftScreen } from './draft.tsx'
import { EnrolScreen } from './enrol.tsx'
import { HelpScreen } from './help.tsx'
import { HomeScreen } from './home.tsx'
import { RecordScreen } from './record.tsx'
import { RecordsScreen } from './records.tsx'
import { useRoute } from './router.ts'
import { UploadsScreen } from './uploads.tsx'

interface RootProps {
  app: App
  storage: Storage | undefined
  settings: Settings
}

export function Root({ app, storage, settings: first }: RootProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [settings, setSettings] = useState(first)
  const [update, setUpdate] = useState(false)
  useEffect(() => app.subscribe(() => redraw(undefined)), [])
  useEffect(() => {
    void app.askPersisted()
    void app.upload()
    startWorker(() => setUpdate(true)).catch((fault: unknown) => console.error(fault))
    return onEveryChance(() => void app.upload())
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
      <Here app={app} />
    </ScreenContext.Provider>
  )
}

function Here({ app }: { app: App }) {
  const [screen, id, step] = useRoute()
  const { identity } = app.state()
  if (screen === 'help') return <HelpScreen />
  if (!identity || identity.state === 'pending') return <EnrolScreen />
  if (screen === 'draft' && id) return <DraftScreen key={id} id={id} step={step ?? '1'} />
  if (screen === 'records') return <RecordsScreen />
  if (screen === 'record' && id) return <RecordScreen id={id} />
  if (screen === 'uploads') return <UploadsScreen />
  return <HomeScreen />
}

/** Signs that the network may be back. None is trusted: each is only a reason to try. */
function onEveryChance(act: () => void): () => void {
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible') act()
  }
  addEventListener('online', act)
  addEventListener('pageshow', act)
  document.addEventListener('visibilitychange', whenVisible)
  return () => {
    removeEventListener('online', act)
    removeEventListener('pageshow', act)
    document.removeEventListener('visibilitychange', whenVisible)
  }
}
