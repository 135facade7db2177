/** From a finished draft to a record that the office has: signed once, kept, sent until a receipt says it arrived. */
import type { Answers, Chain, Delivery, Draft, Filed, Form, Identity, Level, Signed } from './contract.ts'
import type { Outcome, PushAnswer, ReceiptsAnswer } from './office.ts'
import { digestOf, utf8 } from './bytes.ts'
import { disclose, makeEnvelope } from './envelope.ts'
import { sign } from './keys.ts'
import { certifiedKeys, readReceipt } from './receipt.ts'
import type { Store } from './store.ts'
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
  const disclosures = disclose(answers)
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

/** Send everything that waits. Returns how many still do; throws Unreachable when the office cannot be reached. */
export async function sendWaiting(round: Round): Promise<number> {
  const waiting = await round.store.waiting()
  const total = waiting.length
  let done = 0
  round.onProgress(done, total)
  for (const batch of batchesOf(waiting, round.limits)) {
    await sendBatch(round, batch)
    done += batch.length
    round.onProgress(done, total)
  }
  return (await round.store.waiting()).length
}

/** A batch that is refused is sent again in halves, so that one bad record never holds up the rest. */
async function sendBatch(round: Round, batch: Filed[]): Promise<void> {
  try {
    await sendOnce(round, batch)
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.status === 401 || fault.status === 403) throw fault
    if (batch.length === 1) return keepWaiting(round.store, batch, fault)
    const half = Math.ceil(batch.length / 2)
    await sendBatch(round, batch.slice(0, half))
    await sendBatch(round, batch.slice(half))
  }
}

async function sendOnce({ store, office, identity, now }: Round, batch: Filed[]): Promise<void> {
  const records = batch.flatMap(({ signed }) => (signed ? [signed] : []))
  const { batch: id, answer } = await office.push(records, signerOf(identity))
  const receiptKeys = [
    ...identity.receiptKeys,
    ...(await certifiedKeys(answer.certificates ?? [], identity.recoveryKey)),
  ]
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
    state: outcome.state,
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

const keepWaiting = (store: Store, batch: Filed[], fault: Refused): Promise<void> =>
  store.settle(
    batch.map((record) => withOneMoreTry(record, fault)),
    null,
  )

/** Records whose fate may still change at the office: what to ask `/receipts` about, newest first. */
export function unsettled(records: Filed[], count = 100): string[] {
  return records
    .filter(({ delivery }) => delivery.at === 'delivered' && !delivery.published)
    .sort((a, b) => (a.filedAt < b.filedAt ? 1 : -1))
    .slice(0, count)
    .map(({ id }) => id)
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
