/** What this browser lacks, where somebody should know it: one piece of news at most, the most serious. */
import { useArrived } from '../arriving.tsx'
import { useScreen } from '../context.ts'
import { LossNews } from '../home.tsx'

const news = async () => (await import('./ladder_screens.tsx')).RungNews

/** Where it stands: above all else at home, as the last line of home, or where the phone is enrolled. */
export type Place = 'top' | 'end' | 'enrol'

export function LadderNews({ at }: { at: Place }) {
  const { state } = useScreen()
  const { part: Rung } = useArrived(news)
  const worse = state.loss || state.saveFailed
  return (
    <>
      {at !== 'end' && <LossNews />}
      {!worse && Rung && <Rung at={at} />}
    </>
  )
}
