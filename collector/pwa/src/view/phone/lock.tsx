/** The PIN is asked. What waits goes up behind it, and can still be handed to the office as a file. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { enrolAgain, StillWaiting } from '../../phone/again.ts'
import { isPin, tryPin, waitMs } from '../../phone/pin.ts'
import { isWaiting } from '../../state.ts'
import { useScreen } from '../context.ts'
import { CodeField } from './code_field.tsx'
import { ExportPart } from './export.tsx'
import { Page } from '../page.tsx'
import { PinField } from './pin_field.tsx'
import { goInstead } from '../router.ts'
import { useCode } from './use_code.ts'

export function LockScreen({ open }: { open: () => void }) {
  const [forgotten, setForgotten] = useState(false)
  return forgotten ? (
    <Forgotten back={() => setForgotten(false)} />
  ) : (
    <Ask open={open} forgot={() => setForgotten(true)} />
  )
}

function Ask({ open, forgot }: { open: () => void; forgot: () => void }) {
  const { app, state, t } = useScreen()
  const [digits, setDigits] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const busy = useRef(false)
  const waiting = state.records.filter(isWaiting).length
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (busy.current) return
    if (!isPin(digits)) return setFault(t('pin.short'))
    busy.current = true
    const { store, now } = app.round
    const outcome = await tryPin(store, digits, now().getTime())
    busy.current = false
    if (outcome === 'right') return open()
    const left = waitMs((await store.meta('pinTries')) ?? null, now().getTime())
    setDigits('')
    setFault(left > 0 ? t('pin.wait', { minutes: Math.ceil(left / 60_000) }) : t('pin.wrong'))
    document.getElementById('pin')?.focus()
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Page title={t('pin.ask')} place="lock" footer={<button class="pri">{t('pin.open')}</button>}>
        <PinField id="pin" label={t('pin')} digits={digits} onDigits={setDigits} fault={fault} />
        {waiting > 0 && <p>{t('pin.still_going', { count: waiting })}</p>}
        <button class="wide" type="button" onClick={forgot}>
          {t('pin.forgot')}
        </button>
      </Page>
    </form>
  )
}

/** Nobody but the office can let one in again: a new invitation, its six digits compared face to face. */
function Forgotten({ back }: { back: () => void }) {
  const { app, state, t } = useScreen()
  const { store, office } = app.round
  const waiting = state.records.filter(isWaiting).length
  useEffect(() => scrollTo(0, 0), [])
  const code = useCode(
    (typed) => enrolAgain(store, office, state.identity!, typed),
    goInstead,
    (problem) => (problem instanceof StillWaiting ? t('pin.first_up', { count: waiting }) : null),
  )
  return (
    <form onSubmit={code.submit} noValidate>
      <Page
        title={t('pin.forgot')}
        place="forgotten"
        footer={
          waiting > 0 ? (
            <button class="pri" type="button" onClick={() => void app.upload()}>
              {t('uploads.now')}
            </button>
          ) : (
            <button class="pri" aria-disabled={code.busy}>
              {t('pin.again')}
            </button>
          )
        }
      >
        <p class="lead">{t('pin.ask_office')}</p>
        {waiting > 0 ? (
          <ExportPart>
            <p>{t('pin.first_up', { count: waiting })}</p>
          </ExportPart>
        ) : (
          <CodeField {...code.field} />
        )}
        <button class="wide" type="button" onClick={back}>
          {t('pin.remembered')}
        </button>
      </Page>
    </form>
  )
}
