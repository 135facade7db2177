/** How this person wants to read: size of the letters and language. Kept outside the database, read before the first paint. */
import type { Lang } from './contract.ts'

export const SIZES = [18, 22, 26, 30] as const
export type Size = (typeof SIZES)[number]

export interface Settings {
  size: Size
  lang: Lang
}

const PLACE = 'mingbai.settings'

export function readSettings(storage: Storage | undefined, languages: readonly string[] = []): Settings {
  const lang: Lang = languages[0]?.toLowerCase().startsWith('en') ? 'en' : 'zh'
  try {
    const kept = JSON.parse(storage?.getItem(PLACE) ?? '{}') as Partial<Settings>
    const size = SIZES.find((each) => each === kept.size) ?? 18
    return { size, lang: kept.lang === 'en' || kept.lang === 'zh' ? kept.lang : lang }
  } catch {
    return { size: 18, lang }
  }
}

export function keepSettings(storage: Storage | undefined, settings: Settings): void {
  try {
    storage?.setItem(PLACE, JSON.stringify(settings))
  } catch {
    // Then it holds for this visit only.
  }
}

/** Apply them to the page: the style sheet does the rest, in rem. */
export function wear(root: HTMLElement, { size, lang }: Settings): void {
  root.dataset.size = String(size)
  root.lang = lang === 'zh' ? 'zh-CN' : 'en'
}
