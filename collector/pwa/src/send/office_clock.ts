/** How far this phone's clock is from the office's. Nothing depends on it but what the person is told, and a first guess. */
import type { State } from '../state.ts'

const CLOSE_MS = 5 * 60_000

/** What was measured when the office was heard, and when that was by the phone's clock and by its stopwatch. */
export interface Measured {
  ahead: number
  at: number
  tick: number
}

export const measure = (asked: Date, heard: Date, server: string): Measured => ({
  ahead: aheadBy(asked, heard, server),
  at: heard.getTime(),
  tick: performance.now(),
})

/**
 * By how many milliseconds the phone runs ahead (behind: negative); 0 where it is close enough.
 * The office's time lies between asking and hearing, so that a slow answer is never taken for a wrong clock.
 */
export function aheadBy(asked: Date, heard: Date, server: string): number {
  const there = Date.parse(server)
  const ahead = asked.getTime() - there
  const behind = there - heard.getTime()
  return ahead > CLOSE_MS ? ahead : behind > CLOSE_MS ? -behind : 0
}

/**
 * The same now. A clock that was set since, or a phone that slept, has to be measured again; but it is never earlier
 * than when the office was last heard of.
 */
export function aheadNow({ clock, hello }: State, now: Date): number {
  const moved = clock ? now.getTime() - clock.at - (performance.now() - clock.tick) : 0
  const ahead = clock && Math.abs(moved) < CLOSE_MS ? clock.ahead : 0
  return ahead || Math.min(0, aheadBy(now, now, hello?.server_time ?? ''))
}

/** The time as the office has it, as far as this phone can know. */
export const officeTime = (state: State, now: Date): Date => new Date(now.getTime() - aheadNow(state, now))
