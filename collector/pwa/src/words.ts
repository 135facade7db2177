/** What the app says: every sentence by its key, in Chinese or English. English comes only when it is asked for. */
import zh from 'virtual:words/zh'
import type { Label, Lang } from './contract.ts'

/** What fills a sentence's places; a label is taken in the sentence's own language. */
export type Params = Record<string, string | number | Label>

const held: { zh: Record<string, string>; en?: Record<string, string> } = { zh }

/** The Chinese sentences of a part of the app that comes later. */
export function addWords(more: Record<string, string>): void {
  held.zh = { ...held.zh, ...more }
}

export async function loadWords(lang: Lang): Promise<void> {
  if (lang === 'en') held.en ??= (await import('virtual:words/en')).default
}

const fill = (text: string, params: Params, lang: Lang): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name] ?? place
    return typeof value === 'object' ? value[lang] : String(value)
  })

export const say = (lang: Lang, key: string, params: Params = {}): string =>
  fill(held[lang]?.[key] ?? held.zh[key] ?? key, params, lang)

/** A sentence in both languages, as the office would send it. */
export const label = (key: string, params: Params = {}): Label => ({
  zh: say('zh', key, params),
  en: say('en', key, params),
})
