import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { parse } from 'yaml'

/**
 * Which words the phone says, by file. What only the office finds wrong travels in the office's own words; what is
 * said of a suggestion everywhere stands in one place, and is called `app.…` here.
 */
const FILES: Record<string, RegExp> = {
  'suggestion.yaml': /^suggestion\.(stage\.\w+|track\.(green|yellow|red))$/,
  'app.yaml': /^app\./,
  'problems.yaml': /^problem\.\w+$/,
}
const MODULE = /^virtual:words\/(zh|en)(?:\/(\w+))?$/
/** Sentences of screens that few people open: in Chinese they travel with those screens. */
const APART: Record<string, RegExp> = {
  tally: /^app\.(tally|result)\./,
  case: /^app\.(case|stage|by)\./,
  seldom: /^app\.(help|health|uploads)\b(?!\.title)/,
}

type Sayings = Record<string, { zh: string; en: string }>

/** Read the words of the phone: one map of key to {zh, en}. */
export function readWords(folder: string): Sayings {
  const read = ([name, wanted]: [string, RegExp]): [string, Sayings[string]][] => {
    const path = resolve(folder, name)
    const said = existsSync(path) ? (parse(readFileSync(path, 'utf8')) as Sayings) : {}
    return Object.entries(said)
      .filter(([key]) => wanted.test(key))
      .map(([key, saying]) => [key.replace(/^suggestion\./, 'app.'), saying])
  }
  return Object.fromEntries(Object.entries(FILES).flatMap(read))
}

/** Whether a sentence belongs to a module: English comes whole and late, Chinese at once but for what stands apart. */
function isIn(key: string, lang: string, part: string | undefined): boolean {
  const apart = Object.keys(APART).find((each) => APART[each]!.test(key))
  return lang === 'en' || apart === part
}

/** Bundle the words into the app as `virtual:words/zh` and `/en`, so that the phone needs no YAML. */
export function words(folder: string): Plugin {
  return {
    name: 'mingbai-words',
    resolveId: (id) => (MODULE.test(id) ? `\0${id}` : undefined),
    load(id) {
      const [, lang, part] = (id.startsWith('\0') && MODULE.exec(id.slice(1))) || []
      if (lang !== 'zh' && lang !== 'en') return undefined
      for (const name of Object.keys(FILES)) this.addWatchFile(resolve(folder, name))
      const said = Object.entries(readWords(folder))
        .filter(([key]) => isIn(key, lang, part))
        .map(([key, saying]) => [key, saying[lang]])
      return `export default ${JSON.stringify(Object.fromEntries(said))}`
    },
  }
}
