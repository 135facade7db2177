/** The office does not know this phone any more: a new invitation lets it in again as it was. */
import { useState } from 'preact/hooks'
import { enrolKnown, OtherPerson } from '../../phone/again.ts'
import { CODE_LENGTH, cleanCode, WrongOffice } from '../../phone/enrol.ts'
import { Refused } from '../../send/sync.ts'
import { useScreen } from '../context.ts'
import { Page } from '../page.tsx'
import { go } from '../router.ts'
import { CodeField } from './code_field.tsx'
import { ExportPart } from './export.tsx'

export function AgainScreen() {
  const { app, state, settings, t } = useScreen()
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const inWords = (problem: unknown): string => {
    if (problem instanceof OtherPerson) return t('pin.other_person')
    if (problem instanceof WrongOffice) return t('enrol.wrong_office')
    if (problem instanceof Refused) return problem.say?.[settings.lang] ?? problem.detail
    return t('enrol.unreachable')
  }
  const enrol = async (event: Event): Promise<void> => {
    event.preventDefault()
    const code = cleanCode(typed)
    if (busy) return
    if (code.length !== CODE_LENGTH) return setFault(t('enrol.code_short', { count: code.length }))
    setBusy(true)
    try {
      await enrolKnown(app.round.store, app.round.office, state.identity!, code)
      go()
      await app.reload()
    } catch (problem) {
      setFault(inWords(problem))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void enrol(event)} noValidate>
      <Page
        title={t('unknown.do')}
        back="#/"
        place="again"
        footer={
          <button class="pri" aria-disabled={busy}>
            {t('pin.again')}
          </button>
        }
      >
        <p class="lead">{t('unknown.how')}</p>
        <CodeField
          typed={typed}
          fault={fault}
          onTyped={(text) => {
            setTyped(text)
            setFault(null)
          }}
        />
        <ExportPart>
          <p>{t('unknown.or_file')}</p>
        </ExportPart>
      </Page>
    </form>
  )
}
