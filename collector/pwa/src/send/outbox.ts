/** From a finished draft to a record that the office has: signed once, kept, sent until a receipt says it arrived. */
import type { Answers, Chain, Delivery, Draft, Filed, Form, Identity, Level, Signed } from '../contract.ts'
import { withWhy } from '../form/why.ts'
import type { Outcome, PushAnswer, ReceiptsAnswer } from '../office.ts'
import { digestOf, utf8 } from '../sign/bytes.ts'
import { disclose, makeEnvelope } from '../sign/envelope.ts'
import { sign } from '../sign/keys.ts'
import { readReceipt, withReceiptKey } from '../sign/receipt.ts'
import type { Store } from '../keep/store.ts'
import { Refused, Unreachable, type Office, type Signer } from './sync.ts'

export const signerOf = (identity: Identity): Signer => ({
  device: identity.devices.records,
  key: identity.keys.records.privateKey,
})

/** What is finalised: a draft with its form, and its answers as they passed the check. */
export interface Finished {
  draft: Draft
  form: Form
  answers: Answers
}

/**
 * Sign a draft and keep it, with its place in the chain, in one transaction. Tapping twice gives the same record.
 * Signing must wait on WebCrypto and a transaction must not, so the chain is looked at again when writing.
 */
export async function finalise(
  store: Store,
  identity: Identity,
  finished: Finished,
  now: Date,
): Promise<Filed> {
  const already = await store.record(finished.draft.id)
  if (already) return already
  const chain: Chain = finished.form.proof ? 'proof' : 'records'
  for (;;) {
    const signed = await signRecord(identity, finished, await store.head(chain), now)
    const { id, kind, replaces } = finished.draft
    const delivery: Delivery = { at: 'waiting', tries: 0, said: null }
    const record = {
      id,
      kind,
      form: finished.form.version,
      answers: finished.answers,
      replaces,
      filedAt: now.toISOString(),
      signed,
      delivery,
      ...(finished.draft.work ? { work: finished.draft.work } : {}),
      ...(finished.draft.settles ? { settles: finished.draft.settles } : {}),
    }
    if (await store.file(record)) return record
  }
}

async function signRecord(
  identity: Identity,
  { draft, form, answers }: Finished,
  head: { chain: Chain; seq: number; digest: string | null },
  now: Date,
): Promise<Signed> {
  const disclosures = disclose(withWhy(draft, answers))
  const envelope = await makeEnvelope({
    ledger: identity.ledger,
    kind: draft.kind,
    form: form.version,
    id: draft.id,
    device: identity.devices[head.chain],
    seq: head.seq + 1,
    prev: head.digest,
    claimedAt: now.toISOString(),
    replaces: draft.replaces,
    disclosures,
  })
  return {
    id: draft.id,
    chain: head.chain,
    seq: head.seq + 1,
    envelope,
    digest: await digestOf(envelope),
    signature: await sign(identity.keys[head.chain].privateKey, envelope),
    disclosures,
  }
}

const sizeOf = ({ envelope, signature, disclosures }: Signed): number =>
  utf8(JSON.stringify({ envelope, signature, disclosures })).length

/** Records in lots that the office takes at once. */
export function batchesOf(records: Filed[], limits: { records: number; bytes: number }): Filed[][] {
  const batches: Filed[][] = []
  let size = Infinity
  for (const record of records) {
    if (!record.signed) continue
    const more = sizeOf(record.signed) + 1
    const last = batches.at(-1)
    if (!last || last.length >= Math.min(limits.records, 100) || size + more > limits.bytes - 200) {
      batches.push([record])
      size = more
    } else {
      last.push(record)
      size += more
    }
  }
  return batches
}

/** What one round of uploading needs, and who wants to hear how far it is. */
export interface Round {
  store: Store
  office: Office
  identity: Identity
  limits: { records: number; bytes: number }
  onProgress: (done: number, total: number) => void
  now: () => Date
}

/** So many lots refused one after another are no bad records any more: it is the office, and it gets a rest. */
const IN_A_ROW = 12

/**
 * Send everything that waits; what was refused before comes last. A lot that is refused is sent again in halves, so
 * that one bad record never holds up the rest. Returns how many still wait; throws when nothing gets through.
 */
export async function sendWaiting(round: Round): Promise<number> {
  const { store, limits, onProgress } = round
  const waiting = await store.waiting()
  const line = [false, true].flatMap((before) =>
    batchesOf(
      waiting.filter(({ delivery }) => (delivery.at === 'waiting' && delivery.tries > 0) === before),
      limits,
    ),
  )
  const total = waiting.length
  let [done, inARow] = [0, 0]
  let [through, silence]: [boolean, unknown] = [false, null]
  onProgress(done, total)
  for (let batch = line.shift(); batch; batch = line.shift()) {
    try {
      await sendOnce(round, batch)
      inARow = 0
      through = true
    } catch (fault) {
      if (!(await isAboutThese(round, fault))) throw fault
      if (fault instanceof Unreachable) silence = fault
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2)
        line.unshift(batch.slice(0, half), batch.slice(half))
      } else await keepWaiting(store, batch, fault)
      if (++inARow > IN_A_ROW) throw fault
      if (batch.length > 1) continue
    }
    done += batch.length
    onProgress(done, total)
  }
  if (silence && !through) throw silence
  return (await store.waiting()).length
}

/** Whether a lot was refused for what is in it; where nobody answered, an office that is there when asked means yes. */
async function isAboutThese({ office }: Round, fault: unknown): Promise<boolean> {
  if (fault instanceof Refused) return fault.status !== 401 && fault.status !== 403
  return (
    fault instanceof Unreachable &&
    fault.silent &&
    (await office.hello().then(
      () => true,
      () => false,
    ))
  )
}

async function sendOnce({ store, office, identity, now }: Round, batch: Filed[]): Promise<void> {
  const records = batch.flatMap(({ signed }) => (signed ? [signed] : []))
  const { batch: id, answer } = await office.push(records, signerOf(identity))
  const { receiptKeys } = await withReceiptKey(identity, answer.certificates ?? [])
  const outcomes = await readReceipt(answer, { batch: id, ledger: identity.ledger, records, receiptKeys })
  if (!outcomes) throw new Unreachable()
  const settled = outcomes.flatMap((outcome) => {
    const record = batch.find((each) => each.id === outcome.id)
    return record ? [afterPush(record, outcome, answer, now())] : []
  })
  await store.settle(settled, { batch: id, receipt: answer.receipt })
}

function afterPush(record: Filed, outcome: Outcome, answer: PushAnswer, now: Date): Filed {
  if (outcome.state === 'retry') return withOneMoreTry(record)
  const said = answer.results.find((each) => each.id === outcome.id && each.digest === outcome.digest)
  const delivery: Delivery = {
    at: 'delivered',
    // The receipt proves that it is there; as what it was taken the first time only the answer says.
    state: outcome.state === 'replayed' ? (said?.stored ?? outcome.state) : outcome.state,
    position: outcome.position,
    code: outcome.code,
    problems: said?.problems ?? [],
    published: null,
    arrivedAt: now.toISOString(),
  }
  return { ...record, delivery }
}

function withOneMoreTry(record: Filed, said: Refused | null = null): Filed {
  const tries = record.delivery.at === 'waiting' ? record.delivery.tries + 1 : 1
  return { ...record, delivery: { at: 'waiting', tries, said: said?.say ?? null } }
}

const keepWaiting = (store: Store, batch: Filed[], fault: unknown): Promise<void> =>
  store.settle(
    batch.map((record) => withOneMoreTry(record, fault instanceof Refused ? fault : null)),
    null,
  )

/**
 * Records whose fate may still change at the office: what to ask `/receipts` about. The newest in each round, and of
 * the older ones some: over a day all of them have been asked about.
 */
export function unsettled(records: Filed[], count = 100, random: () => number = Math.random): string[] {
  const ids = records
    .filter(
      ({ delivery }) =>
        delivery.at === 'delivered' && (!delivery.published || delivery.photos?.missing.length),
    )
    .sort((a, b) => (a.filedAt < b.filedAt ? 1 : -1))
    .map(({ id }) => id)
  const older = Math.max(0, ids.length - count)
  const from = count + Math.floor(random() * Math.max(0, older - count + 1))
  return [...ids.slice(0, count), ...ids.slice(from, from + count)]
}

/** What `/receipts` adds to records that have arrived. It never makes a waiting one arrive: only a receipt does. */
export function afterReceipts(records: Filed[], answer: ReceiptsAnswer): Filed[] {
  const news = new Map(answer.receipts.map((receipt) => [receipt.id, receipt]))
  return records.flatMap((record) => {
    const said = news.get(record.id)
    if (!said || record.delivery.at !== 'delivered') return []
    if (record.signed && said.digest !== record.signed.digest) return []
    const { decided: _, current: __, ...before } = record.delivery
    const delivery: Delivery = {
      ...before,
      state: said.state,
      code: said.code ?? record.delivery.code,
      position: said.position ?? record.delivery.position,
      problems: said.problems ?? [],
      published: /^https?:\/\//.test(said.published ?? '') ? said.published! : null,
      ...(said.photos ? { photos: said.photos } : {}),
      ...(said.decided ? { decided: said.decided } : {}),
      ...(said.current ? { current: said.current } : {}),
    }
    return JSON.stringify(delivery) === JSON.stringify(record.delivery) ? [] : [{ ...record, delivery }]
  })
}

/** The one word that says how far a record has come. */
export function levelOf({ delivery, heed }: Filed, safe: number | null): Level {
  if (delivery.at === 'waiting') return 'waiting'
  if (delivery.state === 'returned' || delivery.decided) return 'returned'
  if (delivery.state === 'quarantined' || (delivery.state === 'branch' && !heed)) return 'look'
  if (delivery.published) return 'published'
  return safe !== null && delivery.position !== null && delivery.position <= safe ? 'backed_up' : 'delivered'
}

/** Whether something has arrived that the office's second copy, where there is one, has not yet. */
export function awaitsCopy(records: Filed[], safe: number | null): boolean {
  return safe !== null && records.some((record) => levelOf(record, safe) === 'delivered')
}
