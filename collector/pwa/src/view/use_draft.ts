/** A draft while it is on the screen: each change is written within 400 ms, and at once when the page goes away. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { App } from '../app.ts'
import type { Draft, Typed, TypedAnswers } from '../contract.ts'

const WRITE_WITHIN_MS = 400

export interface DraftHeld {
  typed: TypedAnswers
  change: (name: string, typed: Typed) => void
  /** Several at once; `now` writes them before anything else can happen. */
  put: (typed: TypedAnswers, now?: boolean) => void
  /** When it was last written. */
  saved: string
  /** Write now. False when the phone could not. */
  flush: () => Promise<boolean>
}

export function useDraft(app: App, draft: Draft): DraftHeld {
  const [typed, setTyped] = useState(draft.typed)
  const [saved, setSaved] = useState(draft.changedAt)
  const latest = useRef({ typed: draft.typed, dirty: false })
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const flush = async (): Promise<boolean> => {
    clearTimeout(timer.current)
    timer.current = undefined
    if (!latest.current.dirty) return true
    latest.current.dirty = false
    const kept = await app.saveDraft({ ...draft, typed: latest.current.typed })
    if (kept) setSaved(new Date().toISOString())
    else latest.current.dirty = true
    return kept
  }

  const put = (more: TypedAnswers, now = false): void => {
    latest.current = { typed: { ...latest.current.typed, ...more }, dirty: true }
    setTyped(latest.current.typed)
    if (now) return void flush()
    // The first change starts the clock and later ones do not push it back: steady typing is written too.
    timer.current ??= setTimeout(() => void flush(), WRITE_WITHIN_MS)
  }

  useEffect(() => {
    const hide = (): void => void flush()
    document.addEventListener('visibilitychange', hide)
    addEventListener('pagehide', hide)
    return () => {
      document.removeEventListener('visibilitychange', hide)
      removeEventListener('pagehide', hide)
      void flush()
    }
  }, [draft.id])

  const change = (name: string, value: Typed): void => put({ [name]: value })
  return { typed, change, put, saved, flush }
}
