import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { parse } from 'yaml'

const FILES = ['app.yaml', 'problems.yaml']
const MODULE = /^virtual:words\/(zh|en)(?:\/(\w+))?$/
/** Sentences of screens that few people open: in Chinese they travel with those screens. */
const APART: Record<string, RegExp> = { tally: /^app\.(tally|result)\./ }

type Sayings = Record<string, { zh: string; en: string }>

/** Read the words of the phone: one map of key to {zh, en}. */
export function readWords(folder: string): Sayings {
  const files = FILES.map((name) => resolve(folder, name)).filter((path) => existsSync(path))
  return Object.assign({}, ...files.map((path) => parse(readFileSync(path, 'utf8')) as Sayings)) as Sayings
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
      FILES.forEach((name) => this.addWatchFile(resolve(folder, name)))
      const said = Object.entries(readWords(folder))
        .filter(([key]) => isIn(key, lang, part))
        .map(([key, saying]) => [key, saying[lang]])
      return `export default ${JSON.stringify(Object.fromEntries(said))}`
    },
  }
}
