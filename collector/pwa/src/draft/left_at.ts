/**
 * At which step of a draft somebody left it, so that it opens there again. Beside the database and not in the draft:
 * going from step to step never writes over what is being typed. Lost, a draft opens at its first step.
 */

const PLACE = 'mingbai.left_at'
const KEPT = 30

type Steps = Record<string, string>

export function leftAt(id: string, storage: () => Storage = () => localStorage): string {
  return read(storage)[id] ?? '1'
}

/** Remember a step; of many drafts only those that one was at lately. */
export function leave(id: string, step: string, storage: () => Storage = () => localStorage): void {
  const { [id]: before, ...others } = read(storage)
  if (before === step) return
  const kept = Object.entries(others).slice(1 - KEPT)
  try {
    storage().setItem(PLACE, JSON.stringify(Object.fromEntries([...kept, [id, step]])))
  } catch {
    // Then it opens at its first step.
  }
}

function read(storage: () => Storage): Steps {
  try {
    const steps: unknown = JSON.parse(storage().getItem(PLACE) ?? '{}')
    return typeof steps === 'object' && steps !== null ? (steps as Steps) : {}
  } catch {
    return {}
  }
}
