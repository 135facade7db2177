/** How to put the app on the home screen, or out of a chat app: three steps, each with a drawn phone. */
import type { Family } from '../../phone/ladder.ts'
import { useScreen } from '../context.ts'
import { Sketch, type Scene } from './sketch.tsx'

/** What is drawn for each step; the words are `install.<steps>.1` and so on. */
interface Steps {
  steps: string
  scenes: Scene[]
}

const VENDOR: Steps = { steps: 'vendor', scenes: ['lines_below', 'menu_plus', 'home'] }
const INSIDE: Steps = { steps: 'inside', scenes: ['dots_above', 'menu_globe', 'page'] }

const GUIDES: Record<Family, Steps> = {
  wechat: INSIDE,
  inside: INSIDE,
  safari: { steps: 'safari', scenes: ['share_below', 'menu_plus', 'home'] },
  ios: { steps: 'ios', scenes: ['share_above', 'menu_plus', 'home'] },
  chrome: { steps: 'chrome', scenes: ['upright_above', 'menu_plus', 'home'] },
  xiaomi: VENDOR,
  huawei: VENDOR,
  vivo: VENDOR,
  oppo: VENDOR,
  other: { steps: 'other', scenes: ['lines_below', 'menu_plus', 'home'] },
  computer: { steps: 'computer', scenes: [] },
}

/** `inside`: only the way out of an app, for where the app is only to be opened elsewhere. */
export function Guide({ family, inside }: { family: Family; inside?: boolean }) {
  const { t } = useScreen()
  const { steps, scenes } = GUIDES[family]
  if (inside && steps !== 'inside') return null
  if (scenes.length === 0) return <p>{t(`install.${steps}.1`)}</p>
  return (
    <ol class="steps">
      {scenes.map((scene, at) => (
        <li key={scene}>
          <Sketch scene={scene} />
          <p>{t(`install.${steps}.${at + 1}`)}</p>
        </li>
      ))}
    </ol>
  )
}
