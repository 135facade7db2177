/** What every screen can reach: the app, its state, and how this person reads. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { App } from '../app.ts'
import type { Settings } from '../settings.ts'
import type { State } from '../state.ts'
import type { WorkerNews } from '../phone/worker.ts'
import { say, type Params } from '../words.ts'

export interface Screen {
  app: App
  state: State
  settings: Settings
  setSettings: (settings: Settings) => void
  /** Whether a new version of the app waits, or none is kept here. */
  update: WorkerNews
}

export const ScreenContext = createContext<Screen | null>(null)

export function useScreen(): Screen & { t: (key: string, params?: Params) => string } {
  const screen = useContext(ScreenContext)
  if (!screen) throw new Error('outside the app')
  return { ...screen, t: (key, params) => say(screen.settings.lang, `app.${key}`, params) }
}
