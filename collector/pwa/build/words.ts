import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { parse } from 'yaml'

/**
 * Which words the phone says, by file. What only the office finds wrong travels in the office's own words; what is
 * said of a suggestion everywhere stands in one place, and is called `app.…` here.
 */
const FILES: [name: RegExp, keys: RegExp][] = [
  [/^suggestion\.yaml$/, /^suggestion\.(stage\.\w+|track\.(green|yellow|red))$/],
  [/^app(_\w+)?\.yaml$/, /^app\./],
  [/^problems\.yaml$/, /^problem\.\w+$/],
]
const MODULE = /^virtual:words\/(zh|en)(?:\/(\w+))?$/
/** Sentences of a part that few people open travel in Chinese with its screens: by the name of their file, or by key. */
const PART_FILE = /^app_(\w+)\.yaml$/
const APART: Record<string, RegExp> = {
  filling: /^app\.(draft|faults|long|group|refs|review|policy)\b/,
  tally: /^app\.(tally|result)\./,
  case: /^app\.(case|stage|by)\./,
  seldom: /^app\.(help|uploads)\b(?!\.title)/,
}

type Sayings = Record<string, { zh: string; en: string }>
interface Said {
  key: string
  part: string | undefined
  saying: Sayings[string]
}

function* readFiles(folder: string): Generator<Said> {
  for (const name of readdirSync(folder).sort()) {
    const wanted = FILES.find(([file]) => file.test(name))?.[1]
    if (!wanted) continue
    const said = parse(readFileSync(resolve(folder, name), 'utf8')) as Sayings
    for (const [written, saying] of Object.entries(said)) {
      if (!wanted.test(written)) continue
      const key = written.replace(/^suggestion\./, 'app.')
      const byKey = Object.keys(APART).find((each) => APART[each]!.test(key))
      yield { key, part: PART_FILE.exec(name)?.[1] ?? byKey, saying }
    }
  }
}

/** Read the words of the phone: one map of key to {zh, en}. */
export const readWords = (folder: string): Sayings =>
  Object.fromEntries([...readFiles(folder)].map(({ key, saying }) => [key, saying]))

/** Bundle the words into the app as `virtual:words/zh` and `/en`, so that the phone needs no YAML. */
export function words(folder: string): Plugin {
  return {
    name: 'mingbai-words',
    resolveId: (id) => (MODULE.test(id) ? `\0${id}` : undefined),
    load(id) {
      const [, lang, part] = (id.startsWith('\0') && MODULE.exec(id.slice(1))) || []
      if (lang !== 'zh' && lang !== 'en') return undefined
      for (const name of readdirSync(folder)) this.addWatchFile(resolve(folder, name))
      // English comes whole and late; Chinese at once, but for what stands apart.
      const said = [...readFiles(folder)]
        .filter((each) => lang === 'en' || each.part === part)
        .map(({ key, saying }) => [key, saying[lang]])
      return `export default ${JSON.stringify(Object.fromEntries(said))}`
    },
  }
}
