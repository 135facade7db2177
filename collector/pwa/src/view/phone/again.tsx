/** The office does not know this phone any more: a new invitation lets it in again as it was. */
import { enrolKnown } from '../../phone/again.ts'
import { useScreen } from '../context.ts'
import { Page } from '../page.tsx'
import { go } from '../router.ts'
import { CodeField } from './code_field.tsx'
import { ExportPart } from './export.tsx'
import { useCode } from './use_code.ts'

export function AgainScreen() {
  const { app, state, t } = useScreen()
  const { store, office } = app.round
  const code = useCode((typed) => enrolKnown(store, office, state.identity!, typed), go)
  return (
    <form onSubmit={code.submit} noValidate>
      <Page
        title={t('unknown.do')}
        back="#/"
        place="again"
        footer={
          <button class="pri" aria-disabled={code.busy}>
            {t('pin.again')}
          </button>
        }
      >
        <p class="lead">{t('unknown.how')}</p>
        <CodeField {...code.field} />
        <ExportPart>
          <p>{t('unknown.or_file')}</p>
        </ExportPart>
      </Page>
    </form>
  )
}
