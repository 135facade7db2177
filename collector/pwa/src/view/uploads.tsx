/** What has not gone up yet, why, and when it is tried again. */
import { clock } from '../dates.ts'
import { photosLeft } from '../photos.ts'
import { isWaiting } from '../state.ts'
import { useScreen } from './context.ts'
import { UploadNews } from './home.tsx'
import { Page } from './page.tsx'
import { RecordRow } from './records.tsx'

export function UploadsScreen() {
  const { app, state, settings, t } = useScreen()
  const waiting = state.records.filter(
    (record) => isWaiting(record) || photosLeft(state, [record]).length > 0,
  )
  const photos = photosLeft(state).length
  const heard = state.heardAt ? t('uploads.heard', { time: clock(state.heardAt, settings.lang) }) : undefined
  const busy = state.upload.at === 'sending'
  return (
    <Page
      title={t('uploads.title')}
      under={heard}
      back="#/"
      place="uploads"
      footer={
        <button class="pri" onClick={() => void app.upload()}>
          {t(busy ? 'uploads.busy' : 'uploads.now')}
        </button>
      }
    >
      <div role="status">
        <UploadNews act={false} />
        {waiting.length === 0 && state.records.length === 0 && <p class="lead">{t('uploads.nothing')}</p>}
        <NextTry />
        {photos > 0 && state.records.some(isWaiting) && (
          <p class="lead">{t('strip.photos', { count: photos })}</p>
        )}
      </div>
      <ul class="rows">
        {waiting.map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
    </Page>
  )
}

function NextTry() {
  const { state, settings, t } = useScreen()
  const { upload } = state
  if (upload.at !== 'pausing') return null
  const time = clock(new Date(upload.until), settings.lang)
  return (
    <p class="lead">{t(upload.why === 'refused' ? 'uploads.refused' : 'uploads.unreachable', { time })}</p>
  )
}
