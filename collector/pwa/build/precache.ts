import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Plugin } from 'vite'

const WORKER = 'sw.js'
const PLACE = /(["'`])the list of files\1/g

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Every built file but the worker, as [address, SHA-256]; the page itself is known as `/`. */
export function listFiles(dist: string): [string, string][] {
  return filesUnder(dist)
    .map((path): [string, string] => [relative(dist, path).split(sep).join('/'), sha256(readFileSync(path))])
    .filter(([name]) => name !== WORKER)
    .map(([name, digest]): [string, string] => [name === 'index.html' ? '/' : `/${name}`, digest])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Write into the service worker which files it must hold, each with its digest, and what to call that set. */
export function precache(): Plugin {
  return {
    name: 'mingbai-precache',
    apply: 'build',
    writeBundle({ dir }) {
      if (!dir || !readdirSync(dir).includes(WORKER)) return
      const path = join(dir, WORKER)
      const code = readFileSync(path, 'utf8')
      if (code.match(PLACE)?.length !== 1)
        throw new Error(`${path}: there must be one place for the list of files`)
      const files = listFiles(dir)
      const held = { name: `mingbai-${sha256(JSON.stringify(files)).slice(0, 12)}`, files }
      writeFileSync(
        path,
        code.replace(PLACE, () => JSON.stringify(held)),
      )
    },
  }
}
