/** Photos to look at: from this phone, else the office's copy, else where they are, in words. */
import { useEffect, useState } from 'preact/hooks'
import type { Filed, Label, Photo } from '../../contract.ts'
import { signerOf } from '../../send/outbox.ts'
import { photosIn, photosLeft } from '../../photo/photos.ts'
import type { Talk } from '../../send/round.ts'
import type { State } from '../../state.ts'
import { Refused } from '../../send/sync.ts'
import { useScreen } from '../context.ts'

/** What can be shown of a photo, or why nothing can. */
export type Shown =
  { at: 'here' | 'office'; url: string } | { at: 'asking' | 'elsewhere' | 'away' | 'unreadable' }

const ASKING: Shown = { at: 'asking' }

async function find({ store, office, state }: Talk, id: string): Promise<Blob | Shown> {
  const picture = await store.picture(id)
  if (picture) return new Blob([picture.thumb], { type: 'image/jpeg' })
  const { identity } = state()
  if (!identity) return { at: 'away' }
  try {
    const path = `/blob/${id.replace('sha256-', '')}?size=small`
    const answer = await office.send({ method: 'GET', path, signer: signerOf(identity) })
    const blob = await answer.blob()
    return blob.type === 'image/jpeg' ? blob : { at: 'away' }
  } catch (fault) {
    if (!(fault instanceof Refused)) return { at: 'away' }
    return { at: fault.status === 422 ? 'unreadable' : 'elsewhere' }
  }
}

/** The picture of a photo. What could not be asked is asked again when the office has been heard. */
function usePicture(id: string): Shown {
  const { app, state } = useScreen()
  const [shown, setShown] = useState<Shown>(ASKING)
  const note = state.photos.some((photo) => photo.id === id)
  const settled = 'url' in shown
  useEffect(() => {
    if (settled) return
    let left = false
    void find(app.round, id).then((found) => {
      if (left) return
      const at = note ? 'here' : 'office'
      setShown(found instanceof Blob ? { at, url: URL.createObjectURL(found) } : found)
    })
    return () => void (left = true)
  }, [id, note, settled ? '' : state.heardAt])
  useEffect(() => {
    return () => {
      if ('url' in shown) URL.revokeObjectURL(shown.url)
    }
  }, [shown])
  return shown
}

/** Why the office cannot use a photo: what it said, of this photo or in the receipt of a record. */
function troubleOf({ photos, records }: State, id: string): Photo['problem'] {
  const mine = photos.find((photo) => photo.id === id)?.problem
  if (mine) return mine
  const said = records.flatMap(({ delivery }) =>
    delivery.at === 'delivered' ? (delivery.photos?.unreadable ?? []) : [],
  )
  return said.find(({ photo }) => photo === id)?.say ?? null
}

interface PictureProps {
  id: string
  label: Label
  number: number
  /** Whether how far it has come is of interest: not before it is filed. */
  filed: boolean
}

/** One photo with what there is to say of it. */
export function OnePhoto({ id, label, number, filed }: PictureProps) {
  const { settings, t } = useScreen()
  const shown = usePicture(id)
  const words = useWords(id, shown, filed)
  const name = t('photo.nth', { label, number })
  return (
    <>
      {'url' in shown ? <img src={shown.url} alt={name} /> : <span class="no-photo" aria-hidden="true" />}
      <span class="words">
        <b>{name}</b>
        {words && <span>{typeof words === 'string' ? words : words[settings.lang]}</span>}
      </span>
    </>
  )
}

function useWords(id: string, shown: Shown, filed: boolean): string | Label | null {
  const { state, t } = useScreen()
  const trouble = troubleOf(state, id)
  const note = state.photos.find((photo) => photo.id === id)
  if (trouble === 'lost') return t('photo.lost')
  if (trouble === 'refused') return t('photo.refused')
  if (trouble) return trouble
  if (shown.at === 'unreadable') return t('photo.broken')
  if (!note) {
    if (shown.at === 'elsewhere') return t('photo.elsewhere')
    if (shown.at === 'away') return t('photo.away')
    return filed && shown.at === 'office' ? t('photo.there') : null
  }
  if (!filed) return null
  if (note.done) return t('photo.there')
  return note.sent > 0
    ? t('photo.part', { percent: Math.floor((note.sent / note.size) * 100) })
    : t('photo.not_yet')
}

export interface StripProps {
  label: Label
  names: string[]
  filed: boolean
}

/** The photos of one answer. */
export function PhotoStrip({ label, names, filed }: StripProps) {
  return (
    <ul class="photos">
      {names.map((id, at) => (
        <li key={id}>
          <OnePhoto id={id} label={label} number={at + 1} filed={filed} />
        </li>
      ))}
    </ul>
  )
}

export interface NewsProps {
  record: Filed
}

/** What a record still lacks of its photos; how far the record itself has come is said by its receipt alone. */
export function PhotoNews({ record }: NewsProps) {
  const { state, t } = useScreen()
  const names = [...new Set(photosIn(record.answers))]
  const left = photosLeft(state, [record]).filter(({ problem }) => !problem).length
  const bad = names.filter((id) => troubleOf(state, id)).length
  const { delivery } = record
  const missing = delivery.at === 'delivered' ? (delivery.photos?.missing ?? []) : []
  const elsewhere = missing.filter((id) => !state.photos.some((photo) => photo.id === id)).length
  return (
    <>
      {left > 0 && <p>{t('photo.left', { count: left })}</p>}
      {elsewhere > 0 && <p>{t('photo.missing', { count: elsewhere })}</p>}
      {bad > 0 && <p class="err">{t('photo.bad', { count: bad })}</p>}
    </>
  )
}
