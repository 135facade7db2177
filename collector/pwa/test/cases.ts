/** The cases that both languages must pass, read from the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

/** npm test runs in collector/pwa. */
export const REPOSITORY = resolve(process.cwd(), '../..')

/** A file of tests/cases, YAML or JSON; null while there is none. */
export function readCases<T>(name: string): T | null {
  const path = resolve(REPOSITORY, 'tests/cases', name)
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  return (name.endsWith('.json') ? JSON.parse(text) : parse(text)) as T
}
