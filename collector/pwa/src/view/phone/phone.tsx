/** Which of the screens about this phone is shown. */
import { useScreen } from '../context.ts'
import { AgainScreen } from './again.tsx'
import { ExportScreen } from './export.tsx'
import { HealthScreen } from './health.tsx'
import { LockScreen } from './lock.tsx'
import { PinScreen } from './pin.tsx'

interface PhoneProps {
  part: string | undefined
  /** There where the PIN is to be asked: what to do once it was right. */
  open?: (() => void) | null
}

export function PhoneScreen({ part, open }: PhoneProps) {
  const { state } = useScreen()
  if (open) return <LockScreen open={open} />
  if (state.identity && part === 'export') return <ExportScreen />
  if (state.identity && part === 'again') return <AgainScreen />
  if (state.identity && part === 'pin') return <PinScreen />
  return <HealthScreen />
}
