/** On which rung this browser stands: what works here, in one sentence, and the one next thing that makes it better. */

/** What was found out by trying; only `agent`, the browser's own name for itself, is hearsay. */
export interface Features {
  /** There is a database that outlives the page. */
  memory: boolean
  /** There are service workers, so that the app opens with no network. */
  worker: boolean
  /** It was opened from the home screen. */
  standalone: boolean
  /** The browser has promised not to clear what is kept; null where nobody has asked yet. */
  persisted: boolean | null
  agent: string
  /** A tablet that calls itself a computer is told by its fingers. */
  fingers: number
}

/** From the lowest: all gone with the page; works while open; full but for clearing; the full promise. */
export type Rung = 'memory' | 'open' | 'browser' | 'installed'

/** Which picture to show: chat apps with a page inside, and browsers by where their menu is. Nothing else hangs on it. */
export const FAMILIES = [
  'wechat',
  'inside',
  'safari',
  'ios',
  'chrome',
  'xiaomi',
  'huawei',
  'vivo',
  'oppo',
  'other',
  'computer',
] as const
export type Family = (typeof FAMILIES)[number]

export type Next = 'open_elsewhere' | 'hand_over' | 'install' | 'nothing'

export interface Standing {
  rung: Rung
  family: Family
  /** An iPhone or iPad, where the home screen has a memory of its own. */
  apple: boolean
  /** The key of the sentence that says what works here. */
  says: string
  next: Next
}

const INSIDE = /\bQQ\/|Weibo|DingTalk|AlipayClient|Lark\/|Feishu/i
const ANDROID: [Family, RegExp][] = [
  ['xiaomi', /MiuiBrowser/i],
  ['huawei', /HuaweiBrowser|ArkWeb/i],
  ['vivo', /VivoBrowser/i],
  ['oppo', /HeyTapBrowser|OppoBrowser/i],
  ['other', /QQBrowser|UCBrowser|Firefox|baidu|Quark|360/i],
  ['chrome', /Chrome\//],
]

const isApple = ({ agent, fingers }: Features): boolean =>
  /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && fingers > 1)

export function familyOf(features: Features): Family {
  const { agent } = features
  if (/MicroMessenger/i.test(agent)) return 'wechat'
  if (INSIDE.test(agent)) return 'inside'
  if (isApple(features)) return /CriOS|FxiOS|EdgiOS|QQBrowser|UCBrowser|baidu/i.test(agent) ? 'ios' : 'safari'
  if (!/Android|HarmonyOS|OpenHarmony|Mobile/.test(agent)) return 'computer'
  return ANDROID.find(([, name]) => name.test(agent))?.[0] ?? 'other'
}

/** Chat apps open a page inside themselves, where nothing can be put on the home screen. */
const insideApp = (family: Family): boolean => family === 'wechat' || family === 'inside'

function rungOf({ memory, worker, standalone }: Features): Rung {
  if (!memory) return 'memory'
  if (!worker) return 'open'
  return standalone ? 'installed' : 'browser'
}

export function standing(features: Features, enrolled: boolean): Standing {
  const rung = rungOf(features)
  const family = familyOf(features)
  const apple = isApple(features)
  const kept = features.persisted === true
  const says = {
    memory: 'ladder.memory',
    open: 'ladder.open',
    browser: apple && !kept ? 'ladder.browser_apple' : 'ladder.browser',
    installed: features.persisted === false && !apple ? 'ladder.installed_unkept' : 'ladder.installed',
  }[rung]
  return { rung, family, apple, says, next: nextOf(rung, family, enrolled) }
}

function nextOf(rung: Rung, family: Family, enrolled: boolean): Next {
  if (rung === 'installed') return 'nothing'
  if (rung === 'browser' && !insideApp(family)) return 'install'
  return enrolled ? 'hand_over' : 'open_elsewhere'
}

/** What this phone's owner has done so far, for whether anything is said unasked. */
export interface Known {
  enrolled: boolean
  /** How many records were filed here. */
  filed: number
  /** The invitation to the home screen was declined; that holds for good. */
  declined: boolean
}

/**
 * What is said without being asked: an alarm where something is missing, a tip where it saves enrolling twice, one quiet
 * line once a record is filed. On a computer nobody is sent to a home screen.
 */
export function unasked({ rung, family, apple }: Standing, known: Known): 'alarm' | 'tip' | 'line' | null {
  if (rung === 'memory' || rung === 'open') return 'alarm'
  if (rung === 'installed' || family === 'computer') return null
  if (!known.enrolled) return apple ? 'tip' : null
  return known.filed > 0 && !known.declined ? 'line' : null
}
