/** Photos on their way to the office: piece by piece, each going on where it broke off, never in a record's way. */
import type { Bytes } from '../sign/bytes.ts'
import type { Identity, Label, Photo } from '../contract.ts'
import { signerOf } from '../send/outbox.ts'
import { photosLeft } from './photos.ts'
import { sweeping } from './photo_sweep.ts'
import { pauseMs } from '../send/retry.ts'
import type { Talk } from '../send/round.ts'
import { Refused, Unreachable, type Signer } from '../send/sync.ts'

/** A network that breaks loses this much at most. */
const PIECE = 256 << 10
/** So often one photo is asked about anew before it has to wait for the next time. */
const TURNS = 4
/** What a photo cannot do anything about: another one has to be taken. */
const FINAL = new Set([413, 415, 422])

const running = new WeakMap<Talk, Promise<void>>()
const failures = new WeakMap<Talk, number>()

/**
 * After a round: send what records name, forget what nothing needs. Runs beside later rounds, once at a time and in
 * one tab. `later` asks for another round when the office could not be reached.
 */
export function afterRound(
  with_: Talk,
  locks: LockManager | undefined,
  later: (ms: number) => void,
): Promise<void> {
  const already = running.get(with_)
  if (already) return already
  const work = async (): Promise<void> => {
    try {
      await sendPhotos(with_)
      failures.delete(with_)
    } catch (fault) {
      if (!(fault instanceof Unreachable || fault instanceof Refused)) console.error(fault)
      const count = failures.get(with_) ?? 0
      failures.set(with_, count + 1)
      // Where records wait too, their next try brings the photos along.
      const pause = pauseMs(count, fault instanceof Unreachable ? fault.retryAfterMs : null)
      if (with_.state().upload.at === 'rest') later(pause)
    }
  }
  const run = (
    locks
      ? locks.request('mingbai-photos', { ifAvailable: true }, (lock) => (lock ? work() : undefined))
      : work()
  ).finally(() => running.delete(with_))
  running.set(with_, run)
  return run
}

/** Everything that is left, the smallest first. Throws Unreachable, and Refused where something was not taken yet. */
export async function sendPhotos(with_: Talk): Promise<void> {
  const { identity } = with_.state()
  if (!identity || identity.state === 'pending') return
  await sweep(with_)
  await takeBack(with_)
  const tried = new Set<string>()
  let refused: Refused | null = null
  for (;;) {
    const next = photosLeft(with_.state())
      .filter(({ id, problem }) => !problem && !tried.has(id))
      .sort((a, b) => a.size - b.size)[0]
    if (!next) break
    tried.add(next.id)
    try {
      await sendOne(with_, identity, next)
    } catch (fault) {
      if (!(fault instanceof Refused) || fault.status === 401 || fault.status === 403) throw fault
      refused = fault // for now; it keeps no other back
    }
    await with_.reload()
  }
  if (refused) throw refused
}

async function sweep({ store, state, reload, now }: Talk): Promise<void> {
  const { note: changed, forget } = sweeping(state(), now())
  if (changed.length + forget.length === 0) return
  await store.keepPhotos(changed, null, forget)
  await reload()
}

/** The office says that it lacks what it once had: it had to go back to a backup, or lost a disk. */
async function takeBack({ store, state, reload }: Talk): Promise<void> {
  const missing = new Set(
    state().records.flatMap(({ delivery }) =>
      delivery.at === 'delivered' ? (delivery.photos?.missing ?? []) : [],
    ),
  )
  const lost = state().photos.filter(({ id, done }) => done && missing.has(id))
  if (lost.length === 0) return
  const anew = lost.map((photo) => ({ ...photo, sent: 0, done: null }))
  await store.keepPhotos(anew, null, [])
  await reload()
}

// ---------------------------------------------------------------- one photo

interface Come {
  offset: number
  complete: boolean
}

async function sendOne(with_: Talk, identity: Identity, photo: Photo): Promise<void> {
  const signer = signerOf(identity)
  const picture = await with_.store.picture(photo.id)
  if (!picture) return keep(with_, { ...photo, problem: 'lost' })
  const bytes: Bytes = new Uint8Array(picture.bytes)
  let again = false
  for (let turn = 0; turn < TURNS; turn++) {
    try {
      const come = await howFar(with_, photo.id, signer)
      return await sendFrom(with_, photo, bytes, come, signer)
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault
      if (fault.status === 409) continue // something before is missing: ask again where to go on
      if (!FINAL.has(fault.status)) throw fault
      // What came was other than what was sent; once may be the network's doing.
      if (fault.status === 422 && !again) {
        again = true
        continue
      }
      return keep(with_, { ...photo, problem: fault.say ?? 'refused' })
    }
  }
  throw new Unreachable()
}

async function sendFrom(with_: Talk, photo: Photo, bytes: Bytes, come: Come, signer: Signer): Promise<void> {
  let { offset, complete } = come
  let problem: Label | null = null
  while (!complete) {
    const answer = await put(with_, photo.id, bytes, offset, signer)
    ;({ offset, complete, problem } = answer)
    if (!complete) await keep(with_, { ...photo, sent: offset })
  }
  // One that is there and cannot be opened is not done with: another has to be taken.
  const done = problem ? null : with_.now().toISOString()
  await keep(with_, { ...photo, sent: bytes.length, done, problem })
}

const addressOf = (id: string): string => `/blob/${id.replace('sha256-', '')}`

/** How much the office has. An answer that does not say so is somebody else's. */
async function howFar({ office }: Talk, id: string, signer: Signer): Promise<Come> {
  const { headers } = await office.send({ method: 'HEAD', path: addressOf(id), signer })
  const offset = Number(headers.get('Upload-Offset') ?? NaN)
  const complete = headers.get('Upload-Complete')
  if (!Number.isSafeInteger(offset) || (complete !== '?0' && complete !== '?1')) throw new Unreachable()
  return { offset, complete: complete === '?1' }
}

interface PutAnswer extends Come {
  sha256: string
  problem: { say: Label } | null
}

async function put(
  { office }: Talk,
  id: string,
  bytes: Bytes,
  offset: number,
  signer: Signer,
): Promise<Come & { problem: Label | null }> {
  const piece = bytes.slice(offset, offset + PIECE)
  const path = `${addressOf(id)}?offset=${offset}&of=${bytes.length}`
  const answer = await office.ask<PutAnswer>({ method: 'PUT', path, bytes: piece, signer })
  const onward = answer.complete === true || answer.offset > offset
  if (`sha256-${answer.sha256}` !== id || !onward) throw new Unreachable()
  return { offset: answer.offset, complete: answer.complete === true, problem: answer.problem?.say ?? null }
}

/** Write how far a photo has come, and show it. */
async function keep({ store, state, set }: Talk, photo: Photo): Promise<void> {
  await store.keepPhotos([photo], null, [])
  set({ photos: state().photos.map((each) => (each.id === photo.id ? photo : each)) })
}
