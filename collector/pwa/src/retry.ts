/** When to try again: full jitter, so that a village coming back on line does not knock all at once. */

const FIRST_MS = 1_000
const LONGEST_MS = 5 * 60_000

export function pauseMs(
  failures: number,
  asked: number | null = null,
  random: () => number = Math.random,
): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20))
  return Math.max(asked ?? 0, Math.round(random() * most))
}
