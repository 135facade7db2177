/** A PIN is set, changed or removed. */
import { useState } from 'preact/hooks'
import { isPin, removePin, setPin, tryPin, waitMs } from '../../phone/pin.ts'
import { useScreen } from '../context.ts'
import { focusSoon } from '../focus.ts'
import { News, Page } from '../page.tsx'
import { PinField } from './pin_field.tsx'

type Fault = { at: 'old' | 'new' | 'again'; text: string }
type Done = 'set' | 'changed' | 'removed'

const NEWS = 'pin-news'

export function PinScreen() {
  const { app, state, t } = useScreen()
  const [old, setOld] = useState('')
  const [digits, setDigits] = useState('')
  const [again, setAgain] = useState('')
  const [fault, setFault] = useState<Fault | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const [busy, setBusy] = useState(false)
  const { store, now } = app.round

  const wrong = (at: Fault['at'], text: string): null => {
    setFault({ at, text })
    document.getElementById(`pin-${at}`)?.focus()
    return null
  }

  /** Whoever finds the app open must not take the PIN away. */
  async function known(): Promise<true | null> {
    if (!state.pin) return true
    if (!isPin(old)) return wrong('old', t('pin.short'))
    const outcome = await tryPin(store, old, now().getTime())
    if (outcome === 'right') return true
    const left = waitMs((await store.meta('pinTries')) ?? null, now().getTime())
    return wrong('old', left > 0 ? t('pin.wait', { minutes: Math.ceil(left / 60_000) }) : t('pin.wrong'))
  }

  async function run(act: () => Promise<Done | null>): Promise<void> {
    if (busy) return
    setBusy(true)
    setFault(null)
    const became = await act()
    setBusy(false)
    if (!became) return
    for (const clear of [setOld, setDigits, setAgain]) clear('')
    await app.reload()
    setDone(became)
    focusSoon(NEWS)
  }

  const set = async (): Promise<Done | null> => {
    if (!(await known())) return null
    if (!isPin(digits)) return wrong('new', t('pin.short'))
    if (digits !== again) return wrong('again', t('pin.not_same'))
    await setPin(store, digits)
    return state.pin ? 'changed' : 'set'
  }

  const remove = async (): Promise<Done | null> => {
    if (!(await known())) return null
    await removePin(store)
    return 'removed'
  }

  const faultAt = (at: Fault['at']): string | null => (fault?.at === at ? fault.text : null)
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void run(set)
      }}
    >
      <Page
        title={t('pin.title')}
        back="#/help"
        place="pin"
        footer={
          <button class="pri" aria-disabled={busy}>
            {t(state.pin ? 'pin.change' : 'pin.set')}
          </button>
        }
      >
        {done && (
          <div id={NEWS} tabIndex={-1} role="status">
            <News kind="ok" sign="✓" head={t(`pin.done.${done}`)} />
          </div>
        )}
        <p class="lead">{t('pin.only')}</p>
        <p class="lead">{t('pin.when')}</p>
        {state.pin && (
          <PinField id="pin-old" label={t('pin.old')} digits={old} onDigits={setOld} fault={faultAt('old')} />
        )}
        <PinField
          id="pin-new"
          label={t('pin.new')}
          hint={t('pin.hint')}
          digits={digits}
          onDigits={setDigits}
          fault={faultAt('new')}
        />
        <PinField
          id="pin-again"
          label={t('pin.once_more')}
          digits={again}
          onDigits={setAgain}
          fault={faultAt('again')}
        />
        {state.pin && (
          <button class="wide" type="button" onClick={() => void run(remove)}>
            {t('pin.remove')}
          </button>
        )}
      </Page>
    </form>
  )
}
