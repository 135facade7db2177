/** An office for the tests: it keeps what it is sent and signs receipts, and can be told to misbehave. */
import { digestOf } from '../src/sign/bytes.ts'
import type { Certificate, Decided, Identity, OfficeState, Person, Version } from '../src/contract.ts'
import type { Counted, Counts, Desk, Outcome, ReceiptStatement, Work } from '../src/office.ts'
import { fingerprint, makeKeys, sign, spkiOf, verify } from '../src/sign/keys.ts'

const LEDGER = 'a-ledger'

interface Sent {
  envelope: string
  signature: string
  disclosures: string[]
}

/** A receipt key, and the word of the recovery key for it. */
export interface Receipts {
  pair: CryptoKeyPair
  key: string
  certificate: Certificate
}

interface Again {
  devices: { records: string; proof: string }
  signature: string
}

export type FakeOffice = Awaited<ReturnType<typeof openOffice>>

export async function openOffice() {
  const recovery = (await makeKeys()).records
  /** The recovery key's word for a key; by another key where somebody else says so. */
  async function certify(use: string, key: string, from: string, by = recovery): Promise<Certificate> {
    const statement = `mingbai-certificate-v1\n${JSON.stringify({ use, key, from })}`
    return { statement, signature: await sign(by.privateKey, statement) }
  }
  async function newReceiptKey(from: string, by = recovery): Promise<Receipts> {
    const pair = (await makeKeys()).records
    const key = await spkiOf(pair.publicKey)
    return { pair, key, certificate: await certify('receipt', key, from, by) }
  }
  const first = await newReceiptKey('2026-01-01')
  const certificates = [first.certificate]
  const recoveryKey = await spkiOf(recovery.publicKey)

  const office = {
    ledger: LEDGER,
    epoch: 'epoch-1',
    certify,
    newReceiptKey,
    /** The key that receipts are signed with; whoever puts another here has renewed it. */
    receipts: first,
    /** Went back to a backup from before the phone came: it has to show both its keys. */
    forgotten: false,
    /** What the phone said of who it was before. */
    again: null as Again | null,
    recoveryKey,
    certificates,
    fingerprint: await fingerprint(recoveryKey),
    kept: new Map<string, { digest: string; sent: Sent; position: number }>(),
    pushes: [] as string[][],
    asked: [] as Request[],
    deviceState: 'pending' as Identity['state'],
    /** What becomes of a record, by its id; accepted where nothing is said. */
    fate: new Map<string, OfficeState>(),
    /** Instead of an answer: a Response, or null for no connection. */
    instead: (_path: string): Response | null | undefined => undefined,
    /** Changes the statement before it is signed, or the answer after. */
    meddle: (answer: Record<string, unknown>): unknown => answer,
    /** Tellers' counts by ballot, in the order they came. */
    counts: new Map<string, Counted[]>(),
    /** Who the phone belongs to. */
    person: { code: 'D017', name: '张建国', role: 'deputy' } as Person,
    /** What was kept aside, for a clerk. */
    desk: {
      position: 0,
      more: { branches: 0, held: 0, quarantined: 0 },
      branches: [],
      held: [],
      quarantined: [],
    } as Desk,
    /** What more `/receipts` tells of a record, by its id. */
    told: new Map<string, { decided?: Decided; current?: Version }>(),
    /** What the person has to do; null where the office has no such list. */
    work: { etag: 'work-1', as_of: '2026-03-02', items: [], more: 0 } as Work | null,
    enrolled: null as { code: string; keys: { records: string; proof: string } } | null,
  }

  async function push(body: { batch: string; records: Sent[] }): Promise<unknown> {
    const results: Outcome[] = []
    for (const sent of body.records) {
      const { id } = JSON.parse(sent.envelope) as { id: string }
      const digest = await digestOf(sent.envelope)
      const known = office.kept.get(id)
      const state = known ? 'replayed' : (office.fate.get(id) ?? 'accepted')
      if (state !== 'retry' && !known) office.kept.set(id, { digest, sent, position: office.kept.size + 1 })
      const position = office.kept.get(id)?.position ?? null
      results.push({
        id,
        digest,
        state,
        code: position === null ? null : `ZF-2026-A${String(position).padStart(3, '0')}`,
        position,
      })
    }
    office.pushes.push(results.map(({ id }) => id))
    const said: ReceiptStatement = {
      batch: body.batch,
      ledger: LEDGER,
      epoch: office.epoch,
      position: office.kept.size,
      chain: 'chain',
      server_time: '2026-03-02T01:00:00.000Z',
      results,
    }
    const text = `mingbai-receipt-v1\n${JSON.stringify(said)}`
    const { pair, key, certificate } = office.receipts
    const receipt = { statement: text, signature: await sign(pair.privateKey, text), key }
    return office.meddle({ batch: body.batch, results, receipt, certificates: [certificate] })
  }

  async function answer(path: string, request: Request): Promise<unknown> {
    if (path === '/hello') return hello()
    if (path === '/forms') return { forms: [] }
    if (path === '/desk') return office.desk
    if (path.startsWith('/counts')) return counts(new URLSearchParams(path.split('?')[1]).get('ballot') ?? '')
    if (path.startsWith('/pull')) return { records: [], cursor: 'end', more: false }
    const body = (await unpack(request)) as never
    if (path === '/push') return push(body)
    if (path === '/enrol') return enrol(body)
    if (path === '/receipts') return receipts(body)
    return { records: [] }
  }

  function counts(ballot: string): Counts {
    const arrived = office.counts.get(ballot) ?? []
    return { ballot, arrived: arrived.length, counts: arrived.length < 2 ? null : arrived }
  }

  const hello = (): unknown => ({
    protocol: ['mingbai/1'],
    ledger: LEDGER,
    epoch: office.epoch,
    server_time: new Date().toISOString(),
    nonce: 'a-nonce',
    limits: { records: 100, bytes: 1_048_576 },
    oldest_app: 1,
    position: office.kept.size,
    safe_position: null,
    forms: 'tag',
    refs: {},
    congress: { name: { zh: '青溪区人大', en: 'Qingxi' } },
    certificates: [office.receipts.certificate],
  })

  async function enrol(body: {
    code: string
    keys: { records: string; proof: string }
    signature: string
    again?: Again
  }): Promise<unknown> {
    const text = `mingbai/1 enrol\n${body.code}\n${body.keys.records}\n${body.keys.proof}`
    if (!(await verify(body.keys.records, body.signature, text)))
      throw new Error('the enrolment is not signed')
    office.enrolled = body
    if (body.again) {
      const { records, proof } = body.again.devices
      const said = ['mingbai/1 enrol again', body.code, body.keys.records, body.keys.proof, records, proof]
      if (!(await verify(body.keys.proof, body.again.signature, said.join('\n'))))
        throw new Error('the proof key did not sign')
      office.again = body.again
      office.forgotten = false
      office.deviceState = 'pending'
    }
    return {
      ledger: LEDGER,
      epoch: office.epoch,
      devices: body.again?.devices ?? { records: 'device-r', proof: 'device-p' },
      state: 'pending',
      person: office.person,
      recovery_key: recoveryKey,
      certificates,
      six_digits: '000000',
    }
  }

  const receipts = (body: { ids: string[] }): unknown => ({
    device: { state: office.deviceState },
    person: office.person,
    receipts: body.ids.flatMap((id) => {
      const kept = office.kept.get(id)
      const state = office.fate.get(id) ?? 'accepted'
      return kept
        ? [
            {
              id,
              digest: kept.digest,
              state,
              code: null,
              position: kept.position,
              problems: [],
              published: null,
              ...office.told.get(id),
            },
          ]
        : []
    }),
    safe_position: null,
  })

  function work(request: Request): Response {
    if (!office.work) return Response.json({ title: 'nothing here' }, { status: 404 })
    const { etag, ...said } = office.work
    const headers = { ETag: `"${etag}"` }
    if (request.headers.get('If-None-Match') === headers.ETag)
      return new Response(null, { status: 304, headers })
    return Response.json(said, { headers })
  }

  const ask = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const address = `http://office${String(input)}`
    const { cache: _, ...rest } = init ?? {}
    const request = new Request(address, rest)
    office.asked.push(request.clone())
    const path = address.replace('http://office/api/v1', '')
    const instead = office.instead(path)
    if (instead === null) throw new TypeError('Failed to fetch')
    if (instead) return instead
    if (office.forgotten && request.headers.has('Mingbai-Device'))
      return Response.json({ type: 'mingbai:push/device_unknown', detail: '不认识' }, { status: 401 })
    if (path === '/work') return work(request)
    return Response.json(await answer(path, request))
  }
  return Object.assign(office, { ask: ask as typeof fetch })
}

async function unpack(request: Request): Promise<unknown> {
  if (request.headers.get('Content-Encoding') !== 'gzip') return request.json()
  const packed = request.body!.pipeThrough(new DecompressionStream('gzip'))
  return new Response(packed).json()
}
