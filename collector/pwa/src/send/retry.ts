/** When to try again: full jitter, so that a village coming back on line does not knock all at once. */

const FIRST_MS = 1_000
const LONGEST_MS = 5 * 60_000
/** Whoever asks for more is not believed: a timer of weeks would run out at once, or never. */
const ASKED_AT_MOST_MS = 60 * 60_000

export function pauseMs(
  failures: number,
  asked: number | null = null,
  random: () => number = Math.random,
): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20))
  return Math.max(Math.min(asked ?? 0, ASKED_AT_MOST_MS), Math.round(random() * most))
}
