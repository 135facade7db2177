/** A draft while it is on the screen: each change is written within 400 ms, and at once when the page goes away. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { App } from '../../app.ts'
import type { Draft, Typed, TypedAnswers } from '../../contract.ts'

const WRITE_WITHIN_MS = 400

/** Several answers at once, or what to make of those that stand when it is done: two taps may come before one drawing. */
export type Put = (more: TypedAnswers | ((typed: TypedAnswers) => TypedAnswers), now?: boolean) => void

export interface DraftHeld {
  typed: TypedAnswers
  /** What stands now, also where it is not drawn yet. */
  latest: () => TypedAnswers
  change: (name: string, typed: Typed) => void
  /** `now` writes them before anything else can happen. */
  put: Put
  /** When it was last written. */
  saved: string
  /** Write now. False when the phone could not. */
  flush: () => Promise<boolean>
}

const onScreen = new Set<() => Promise<boolean>>()

/** Write what is on the screen, before anything that may take the page away: a camera, a file picker, another app. */
export const flush = async (): Promise<boolean> =>
  (await Promise.all([...onScreen].map((write) => write()))).every(Boolean)

export function useDraft(app: App, draft: Draft): DraftHeld {
  const [typed, setTyped] = useState(draft.typed)
  const [saved, setSaved] = useState(draft.changedAt)
  /** `seen` is the draft as it was written or read last, `typed` what the screen has made of it since. */
  const held = useRef({ seen: draft, typed: draft.typed, dirty: false })
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const writing = useRef<Promise<boolean>>(Promise.resolve(true))

  const write = async (): Promise<boolean> => {
    if (!held.current.dirty) return true
    const { seen, typed } = held.current
    held.current = { seen: { ...seen, typed }, typed, dirty: false }
    const kept = await app.saveDraft({ ...seen, typed }, seen.typed)
    if (kept) {
      held.current.seen = kept
      setSaved(kept.changedAt)
    } else held.current.dirty = true
    return kept !== null
  }

  const flushNow = (): Promise<boolean> => {
    clearTimeout(timer.current)
    timer.current = undefined
    return (writing.current = writing.current.then(write))
  }

  const latest = (): TypedAnswers => held.current.typed

  const put: Put = (more, now = false) => {
    held.current.typed = { ...latest(), ...(typeof more === 'function' ? more(latest()) : more) }
    held.current.dirty = true
    setTyped(held.current.typed)
    if (now) return void flushNow()
    // The first change starts the clock and later ones do not push it back: steady typing is written too.
    timer.current ??= setTimeout(() => void flushNow(), WRITE_WITHIN_MS)
  }

  // Another tab or another phone has gone on with it: what was only read gives way, what was written here stays.
  useEffect(() => {
    void writing.current.then(() => {
      const { seen, dirty } = held.current
      if ((draft.n ?? 0) <= (seen.n ?? 0)) return
      const same = JSON.stringify(draft.typed) === JSON.stringify(seen.typed)
      if (dirty && !same) return
      held.current.seen = draft
      if (dirty) return
      held.current.typed = draft.typed
      setTyped(draft.typed)
      setSaved(draft.changedAt)
    })
  }, [draft])

  useEffect(() => {
    const leave = (): void => void flushNow().then(() => (document.hidden ? app.copyNow() : undefined))
    const pick = ({ target }: Event): void => {
      if ((target as HTMLElement).matches?.('input[type=file]')) void flushNow()
    }
    onScreen.add(flushNow)
    document.addEventListener('visibilitychange', leave)
    document.addEventListener('click', pick, true)
    addEventListener('pagehide', leave)
    addEventListener('beforeunload', leave)
    return () => {
      onScreen.delete(flushNow)
      document.removeEventListener('visibilitychange', leave)
      document.removeEventListener('click', pick, true)
      removeEventListener('pagehide', leave)
      removeEventListener('beforeunload', leave)
      void flushNow()
    }
  }, [draft.id])

  const change = (name: string, value: Typed): void => put({ [name]: value })
  return { typed, latest, change, put, saved, flush: flushNow }
}
