/** What has not gone up yet, why, and when it is tried again. */
import { clock } from '../form/dates.ts'
import { photosLeft } from '../photo/photos.ts'
import { isWaiting } from '../state.ts'
import { useScreen } from './context.ts'
import { ExportLink, UploadNews } from './home.tsx'
import { Page } from './page.tsx'
import { RecordRow } from './records.tsx'

/** So often without success is no accident of the network any more. */
const STUCK = 3

export function UploadsScreen() {
  const { app, state, t } = useScreen()
  const waiting = state.records.filter(
    (record) => isWaiting(record) || photosLeft(state, [record]).length > 0,
  )
  const photos = photosLeft(state).length
  const heard = state.heardAt ? t('uploads.heard', { time: clock(state.heardAt) }) : undefined
  const busy = state.upload.at === 'sending'
  const stuck = waiting.filter(({ delivery }) => delivery.at === 'waiting' && delivery.tries >= STUCK).length
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
        {stuck > 0 && <p class="lead">{t('uploads.stuck', { count: stuck })}</p>}
        {photos > 0 && state.records.some(isWaiting) && (
          <p class="lead">{t('strip.photos', { count: photos })}</p>
        )}
      </div>
      <ul class="rows">
        {waiting.map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
      {waiting.length > 0 && (
        <section>
          <p>{t('uploads.no_network')}</p>
          <ExportLink />
        </section>
      )}
    </Page>
  )
}

function NextTry() {
  const { state, t } = useScreen()
  const { upload } = state
  if (upload.at !== 'pausing') return null
  const time = clock(new Date(upload.until))
  return (
    <p class="lead">{t(upload.why === 'refused' ? 'uploads.refused' : 'uploads.unreachable', { time })}</p>
  )
}
