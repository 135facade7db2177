/** Speaking with the office, protocol mingbai/1. The only file that uses fetch. */
import { b64u, randomBytes, sha256, utf8, type Bytes } from '../sign/bytes.ts'
import type { Form, Label, RefList, Signed } from '../contract.ts'
import type { Counts, EnrolAnswer, Hello, PullAnswer, PushAnswer, ReceiptsAnswer, Work } from '../office.ts'
import { uuid7 } from '../sign/envelope.ts'
import { sign } from '../sign/keys.ts'

const BASE = '/api/v1'
const PATIENCE_MS = 20_000
const NONCE_MS = 8 * 60_000
const WORTH_PACKING = 1024
const KEPT_ALIVE = 60_000

/**
 * Nobody answered, or not the office: try again later, nothing has changed. `silent` where it may be that only this
 * request does not get through: a filter on the way, or more than the line can carry.
 */
export class Unreachable extends Error {
  constructor(
    readonly retryAfterMs: number | null = null,
    readonly silent = false,
  ) {
    super('the office cannot be reached')
  }
}

/** The office answered no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly detail: string,
    readonly say: Label | null,
  ) {
    super(`${status} ${detail}`)
  }
}

/** RFC 9457, with our own list of faults. */
interface ProblemJson {
  type?: string
  title?: string
  detail?: string
  errors?: { pointer: string; say: Label }[]
}

/** Who signs: the phone's device id and its key. */
export interface Signer {
  device: string
  key: CryptoKey
}

export interface Push {
  batch: string
  answer: PushAnswer
}

/** A request to the office. `body` goes as JSON, `bytes` as they are. */
export interface Asking {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  path: string
  body?: unknown
  bytes?: Bytes
  etag?: string | null
  signer?: Signer
  /** Go on when the page is closed, where it is small enough for the browser to do so. */
  keepalive?: boolean
}

export type Office = ReturnType<typeof createOffice>

export function createOffice(ask: typeof fetch = (...args) => fetch(...args)) {
  let nonce: { text: string; until: number } | null = null

  async function hello(): Promise<Hello> {
    const answer = await json<Hello>(await send({ method: 'GET', path: '/hello' }))
    if (!Array.isArray(answer.protocol) || !answer.protocol.includes('mingbai/1')) throw new Unreachable()
    nonce = { text: answer.nonce, until: performance.now() + NONCE_MS }
    return answer
  }

  const freshNonce = async (): Promise<string> =>
    nonce && nonce.until > performance.now() ? nonce.text : (await hello()).nonce

  async function headersFor(
    { method, path, etag, signer, bytes }: Asking,
    body: Bytes,
    packed: boolean,
  ): Promise<Headers> {
    const headers = new Headers()
    if (bytes) headers.set('Content-Type', 'application/octet-stream')
    else if (body.length > 0) headers.set('Content-Type', 'application/json')
    if (packed) headers.set('Content-Encoding', 'gzip')
    if (etag) headers.set('If-None-Match', `"${etag}"`)
    if (signer) {
      const fresh = await freshNonce()
      const digest = b64u(await sha256(body))
      const text = `mingbai/1 request\n${method}\n${BASE}${path}\n${digest}\n${fresh}`
      headers.set('Mingbai-Device', signer.device)
      headers.set('Mingbai-Nonce', fresh)
      headers.set('Mingbai-Signature', await sign(signer.key, text))
    }
    return headers
  }

  async function send(asking: Asking, again = true): Promise<Response> {
    const plain = asking.bytes ?? (asking.body === undefined ? utf8('') : utf8(JSON.stringify(asking.body)))
    const worthIt = plain.length > WORTH_PACKING && asking.signer && !asking.bytes
    const packed = worthIt ? await gzip(plain) : null
    const body = packed ?? plain
    const headers = await headersFor(asking, body, packed !== null)
    const stop = new AbortController()
    const patience = setTimeout(() => stop.abort(), PATIENCE_MS + body.length / 20)
    try {
      const response = await ask(`${BASE}${asking.path}`, {
        method: asking.method,
        headers,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: stop.signal,
        keepalive: !!asking.keepalive && body.length < KEPT_ALIVE,
        ...(body.length > 0 ? { body } : {}),
      })
      if (response.status === 401 && asking.signer && again) {
        nonce = null
        return await send(asking, false)
      }
      if (!response.ok && response.status !== 304) throw await refusal(response)
      return response
    } catch (fault) {
      throw fault instanceof Refused || fault instanceof Unreachable ? fault : new Unreachable(null, true)
    } finally {
      clearTimeout(patience)
    }
  }

  return {
    hello,

    /** For what stands in files of its own: a signed request, and what came back. */
    send,
    ask: async <T>(asking: Asking): Promise<T> => json<T>(await send(asking)),

    enrol: async (
      code: string,
      keys: { records: string; proof: string },
      signer: CryptoKey,
      more = {},
    ): Promise<EnrolAnswer> => {
      const signature = await sign(signer, `mingbai/1 enrol\n${code}\n${keys.records}\n${keys.proof}`)
      return json<EnrolAnswer>(
        await send({ method: 'POST', path: '/enrol', body: { code, keys, signature, ...more } }),
      )
    },

    push: async (records: Signed[], signer: Signer): Promise<Push> => {
      const batch = uuid7(Date.now(), randomBytes(10))
      const sent = records.map(({ envelope, signature, disclosures }) => ({
        envelope,
        signature,
        disclosures,
      }))
      const response = await send({ method: 'POST', path: '/push', body: { batch, records: sent }, signer })
      return { batch, answer: await json<PushAnswer>(response, 'results') }
    },

    /** The forms of today, or null when they are the same as those with this tag. */
    forms: async (etag: string | null): Promise<{ forms: Form[]; etag: string } | null> => {
      const response = await send({ method: 'GET', path: '/forms', etag })
      if (response.status === 304) return null
      const { forms } = await json<{ forms: Form[] }>(response, 'forms')
      return { forms, etag: tagOf(response) }
    },

    ref: async (kind: string, etag: string | null, signer: Signer): Promise<RefList | null> => {
      const response = await send({ method: 'GET', path: `/ref/${encodeURIComponent(kind)}`, etag, signer })
      if (response.status === 304) return null
      const { records } = await json<Pick<RefList, 'records'>>(response, 'records')
      return { kind, etag: tagOf(response), records }
    },

    receipts: async (ids: string[], signer: Signer): Promise<ReceiptsAnswer> =>
      json(await send({ method: 'POST', path: '/receipts', body: { ids }, signer }), 'receipts'),

    /** The counts of a ballot, once two tellers' devices have filed; nobody sees one of them before. */
    counts: async (ballot: string, signer: Signer): Promise<Counts> =>
      json(await send({ method: 'GET', path: `/counts?ballot=${encodeURIComponent(ballot)}`, signer })),

    /** What this person has to do, or null when it is the same as the list with this tag. */
    work: async (etag: string | null, signer: Signer): Promise<Work | null> => {
      const response = await send({ method: 'GET', path: '/work', etag, signer })
      if (response.status === 304) return null
      return { ...(await json<Omit<Work, 'etag'>>(response, 'items')), etag: tagOf(response) }
    },

    pull: async (cursor: string, signer: Signer): Promise<PullAnswer> =>
      json(
        await send({ method: 'GET', path: `/pull?cursor=${encodeURIComponent(cursor)}`, signer }),
        'records',
      ),
  }
}

/** What a captive portal says is not JSON, or JSON without the list that was asked for: it is no answer. */
async function json<T>(response: Response, list?: keyof T): Promise<T> {
  try {
    const value = (await response.json()) as T
    if (typeof value === 'object' && value !== null && (!list || Array.isArray(value[list]))) return value
  } catch {
    // Falls through: whoever answered was not the office.
  }
  throw new Unreachable()
}

/** An ETag without its quotes, as `/hello` names it. */
const tagOf = (response: Response): string => (response.headers.get('ETag') ?? '').replace(/^W\/|"/g, '')

async function refusal(response: Response): Promise<Refused | Unreachable> {
  const problem = await json<ProblemJson>(response).catch(() => null)
  const later = Number(response.headers.get('Retry-After'))
  if (!problem || [429, 502, 503, 504, 507].includes(response.status))
    return new Unreachable(later ? later * 1000 : null, !problem)
  return new Refused(
    response.status,
    problem.type ?? '',
    problem.detail ?? problem.title ?? '',
    problem.errors?.[0]?.say ?? null,
  )
}

/** The body packed, or null where this browser cannot. */
async function gzip(body: Bytes): Promise<Bytes | null> {
  if (typeof CompressionStream === 'undefined') return null
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
