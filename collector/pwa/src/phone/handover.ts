/** Letting another browser of the same person in: a code from the office, then the six digits of the other screen. */
import type { Identity } from '../contract.ts'
import { signerOf } from '../send/outbox.ts'
import type { Talk } from '../send/round.ts'
import { Refused, Unreachable } from '../send/sync.ts'

/** A code that serves once. `until` is by this phone's clock, however wrong that is. */
export interface Offer {
  code: string
  link: string
  /** The link for another phone's camera; an older office sends none. */
  picture?: QrPicture
  until: number
}

/** A QR code as one path of an SVG, `size` units wide, the white around it included. */
export interface QrPicture {
  size: number
  path: string
}

/** A browser that came with the code and waits for its six digits. */
export interface Waiting {
  device: string
  enrolled_at: string
}

type Line = Pick<Talk, 'office' | 'state' | 'now'>

export const DIGITS = 6

function identityOf({ state }: Line): Identity {
  const { identity } = state()
  if (!identity) throw new Error('not enrolled')
  return identity
}

export async function askForCode(line: Line): Promise<Offer> {
  const { office, now } = line
  const { server_time } = await office.hello()
  const signer = signerOf(identityOf(line))
  const { code, link, picture, expires_at } = await office.ask<Omit<Offer, 'until'> & { expires_at: string }>(
    {
      method: 'POST',
      path: '/handover',
      body: {},
      signer,
    },
  )
  // Whoever answers without a code, a hotel's network perhaps, is not the office.
  if (!code || !link) throw new Unreachable()
  const good = picture && picture.size > 0 && /^[Mhvz\d -]+$/.test(picture.path)
  return {
    code,
    link,
    ...(good ? { picture } : {}),
    until: now().getTime() + Date.parse(expires_at) - Date.parse(server_time),
  }
}

/** Minutes left, by fives: nobody is hurried by a clock that ticks. None once it is over. */
export const minutesLeft = ({ until }: Offer, now: number): number =>
  Math.max(0, Math.ceil((until - now - 5_000) / 300_000) * 5)

/** Who waits, the last that came first. */
export async function whoWaits(line: Line): Promise<Waiting[]> {
  const signer = signerOf(identityOf(line))
  const { waiting } = await line.office.ask<{ waiting: Waiting[] }>({
    method: 'GET',
    path: '/handover',
    signer,
  })
  return [...waiting].sort((a, b) => (a.enrolled_at < b.enrolled_at ? 1 : -1))
}

/** Digits as they were meant: full-width ones too, spaces are nothing. */
export const cleanDigits = (typed: string): string => typed.normalize('NFKC').replace(/\D/g, '')

/**
 * Let in the browser that shows these digits. An earlier try may still wait beside it, so each is asked about;
 * what the office said of the last that came is what the person hears.
 */
export async function letIn(line: Line, waiting: Waiting[], digits: string): Promise<void> {
  const signer = signerOf(identityOf(line))
  let first: unknown = null
  for (const { device } of waiting) {
    try {
      const body = { device, digits }
      const { state } = await line.office.ask<{ state: string }>({
        method: 'POST',
        path: '/handover/confirm',
        body,
        signer,
      })
      if (state === 'active') return
      first ??= new Unreachable()
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault
      first ??= fault
    }
  }
  throw first ?? new Unreachable()
}

/** Which of these drafts the office holds a copy of, so that the other browser finds them. */
export async function draftsThere(line: Line, ids: string[]): Promise<Set<string>> {
  const signer = signerOf(identityOf(line))
  const { drafts } = await line.office.ask<{ drafts: { id: string }[] }>({
    method: 'GET',
    path: '/drafts',
    signer,
  })
  const there = new Set(drafts.map(({ id }) => id))
  return new Set(ids.filter((id) => there.has(id)))
}
