/** Asking for photos: take one or choose some, each made smaller and kept before it is shown. */
import { useRef, useState } from 'preact/hooks'
import { Unfit } from '../../photo/photo.ts'
import { makeApart } from '../../photo/photo_apart.ts'
import { keepPhoto } from '../../photo/photo_keep.ts'
import { making } from '../../photo/photos.ts'
import { useScreen } from '../context.ts'
import type { ControlProps } from '../form/field.tsx'
import { focusSoon } from '../focus.ts'
import { OnePhoto } from './photos.tsx'

/** What the server takes where a form says nothing else. */
const MOST = 9

interface Removed {
  id: string
  at: number
}

/** Why a file is no photo, in which words, about which file. */
interface Fault {
  key: 'photo.unreadable' | 'photo.large' | 'photo.full' | 'photo.twice'
  name: string
}

export function PhotosInput({ field, schema, typed, onChange, id, described, flush }: ControlProps) {
  const { app, settings, t } = useScreen()
  const names = (typed as string[] | undefined) ?? []
  const latest = useRef(names)
  latest.current = names
  const [busy, setBusy] = useState<{ number: number; count: number } | null>(null)
  const [faults, setFaults] = useState<Fault[]>([])
  const [removed, setRemoved] = useState<Removed[]>([])
  const [tooMany, setTooMany] = useState(0)
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : MOST
  const room = most - names.length

  /** The draft names a photo as soon as the phone keeps it, also where one has left it meanwhile. */
  async function put(next: string[], of = draftHere()): Promise<void> {
    latest.current = next
    if (of === draftHere()) {
      onChange(next)
      await flush?.()
      return
    }
    const draft = app.state().drafts.find((each) => each.id === of)
    if (draft) await app.saveDraft({ ...draft, typed: { ...draft.typed, [field.name]: next } })
  }

  async function take(files: File[]): Promise<void> {
    const draft = draftHere()
    const taken = files.slice(0, most - latest.current.length)
    setTooMany(files.length > taken.length ? taken.length : 0)
    setFaults([])
    for (const [at, file] of taken.entries()) {
      setBusy({ number: at + 1, count: taken.length })
      const fault = await takeOne(file, draft)
      if (fault) setFaults((before) => [...before, { key: fault, name: file.name }])
    }
    setBusy(null)
  }

  async function takeOne(file: File, draft: string | undefined): Promise<Fault['key'] | null> {
    try {
      const picture = await makeApart(file)
      if (latest.current.includes(picture.id)) return 'photo.twice'
      await keepPhoto(app.round, picture)
      await put([...latest.current, picture.id], draft)
      return null
    } catch (fault) {
      if (fault instanceof Unfit) return `photo.${fault.why}`
      console.error(fault)
      return 'photo.full'
    }
  }

  function chosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])]
    input.value = ''
    if (files.length === 0) return
    const work = take(files).finally(() => making.delete(work))
    making.add(work)
  }

  const remove = (name: string): void => {
    setRemoved([...removed, { id: name, at: names.indexOf(name) }])
    void put(names.filter((each) => each !== name))
    focusSoon(`${id}-back-${removed.length}`)
  }
  const putBack = (one: Removed): void => {
    setRemoved(removed.filter((each) => each !== one))
    void put([...names.slice(0, one.at), one.id, ...names.slice(one.at)])
    focusSoon(id)
  }

  const pick = (key: 'photo.take' | 'photo.choose', attributes: object) => (
    <label class="pick-photo">
      <input
        type="file"
        accept="image/*"
        aria-describedby={[described, `${id}-room`].filter(Boolean).join(' ')}
        // What was written is kept before a camera may push this page out of memory.
        onPointerDown={() => void flush?.()}
        onClick={() => void flush?.()}
        onChange={({ currentTarget }) => chosen(currentTarget)}
        {...attributes}
      />
      {t(key)}
    </label>
  )

  return (
    <>
      {names.length > 0 && (
        <ul class="photos">
          {names.map((name, at) => (
            <li key={name}>
              <OnePhoto id={name} label={field.label} number={at + 1} filed={false} />
              <button
                type="button"
                onClick={() => remove(name)}
                aria-label={t('photo.remove_said', { label: field.label, number: at + 1 })}
              >
                {t('photo.remove')}
              </button>
            </li>
          ))}
        </ul>
      )}
      {removed.map((one, at) => (
        <p class="removed" key={one.id}>
          {t('photo.removed')}
          {room > 0 && (
            <button type="button" id={`${id}-back-${at}`} onClick={() => putBack(one)}>
              {t('photo.put_back')}
            </button>
          )}
        </p>
      ))}
      {room > 0 && !busy && (
        <div class="pair" onPointerDown={() => void flush?.()}>
          {pick('photo.take', { capture: 'environment' })}
          {pick('photo.choose', { multiple: true })}
        </div>
      )}
      <p class="echo" id={`${id}-room`} role="status">
        {busy
          ? t('photo.busy', { number: busy.number, count: busy.count })
          : names.length === 0
            ? t('photo.most', { most })
            : room > 0
              ? t('photo.room', { most, room })
              : t('photo.no_room', { most })}
      </p>
      {names.length > 0 && <p class="echo">{t('photo.cleaned')}</p>}
      {!field.hint && <p class="echo">{t(whoSees(field.publish))}</p>}
      {tooMany > 0 && (
        <p class="err" role="alert">
          {t('photo.too_many', { most, count: tooMany })}
        </p>
      )}
      {faults.map(({ key, name }, at) => (
        <p class="err" role="alert" key={at}>
          {t(key, { name: shortened(name, settings.lang) })}
        </p>
      ))}
    </>
  )
}

/** The draft that is on the screen. */
const draftHere = (): string | undefined => location.hash.split('/')[2]

const whoSees = (publish: ControlProps['field']['publish']): string =>
  publish === 'never' || publish === 'counted'
    ? 'photo.private'
    : publish === 'reviewed'
      ? 'photo.reviewed'
      : 'photo.open'

/** Names of files are long and say little. */
const shortened = (name: string, lang: string): string => {
  const letters = [...name]
  const shown = letters.length > 24 ? `${letters.slice(0, 10).join('')}…${letters.slice(-10).join('')}` : name
  return lang === 'zh' ? `“${shown}”` : `“${shown}” `
}
