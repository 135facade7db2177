/** The code of an invitation on a phone that is enrolled already: what was typed, what is wrong, and sending it. */
import { useState } from 'preact/hooks'
import { OtherPerson } from '../../phone/again.ts'
import { CODE_LENGTH, cleanCode, WrongOffice } from '../../phone/enrol.ts'
import { Refused } from '../../send/sync.ts'
import { useScreen } from '../context.ts'

/** `enrol` throws where the phone is not let in; `also` has words for what only one screen meets. */
export function useCode(
  enrol: (code: string) => Promise<void>,
  leave: () => void,
  also: (problem: unknown) => string | null = () => null,
) {
  const { app, settings, t } = useScreen()
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const inWords = (problem: unknown): string => {
    if (problem instanceof OtherPerson) return t('pin.other_person')
    if (problem instanceof WrongOffice) return t('enrol.wrong_office')
    if (problem instanceof Refused) return problem.say?.[settings.lang] ?? problem.detail
    return also(problem) ?? t('enrol.unreachable')
  }
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    const code = cleanCode(typed)
    if (busy) return
    if (code.length !== CODE_LENGTH) return setFault(t('enrol.code_short', { count: code.length }))
    setBusy(true)
    try {
      await enrol(code)
      leave()
      await app.reload()
    } catch (problem) {
      setFault(inWords(problem))
      setBusy(false)
    }
  }
  const onTyped = (text: string): void => {
    setTyped(text)
    setFault(null)
  }
  return { busy, submit: (event: Event) => void send(event), field: { typed, fault, onTyped } }
}
