/** What depends on the browser, one chunk: what works here, how to put the app on the home screen, how to move on. */
import zh from 'virtual:words/zh/ladder'
import handover from 'virtual:words/zh/handover'
import { addWords } from '../../words.ts'
import { useScreen } from '../context.ts'
import { HandoverScreen } from './handover.tsx'
import { InstallScreen } from './install.tsx'
import './ladder.css'

addWords({ ...zh, ...handover })

export { RungNews } from './rung_news.tsx'

/** Only who is enrolled can let another browser in; to all others it is told how to get to a better place. */
export function LadderScreen({ screen }: { screen: string }) {
  const { state } = useScreen()
  const enrolled = state.identity !== null && state.identity.state !== 'pending'
  return screen === 'handover' && enrolled ? <HandoverScreen /> : <InstallScreen />
}
