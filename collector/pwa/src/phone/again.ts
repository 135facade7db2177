/**
 * A phone that has to be let in again, by a new invitation of the same person, and nothing is lost: because its PIN is
 * forgotten, or because the office went back to a backup that is older than its enrolment.
 */
import type { Identity, Person } from '../contract.ts'
import { enrol, WrongOffice } from './enrol.ts'
import { fingerprint, sign, spkiOf } from '../sign/keys.ts'
import { withReceiptKey } from '../sign/receipt.ts'
import type { Store } from '../keep/store.ts'
import type { Office } from '../send/sync.ts'

/** The invitation is another person's, who must not see what this one has written. */
export class OtherPerson extends Error {}

/** Records that are signed with the old key go up with the old key. */
export class StillWaiting extends Error {}

const isSame = (a: Person, b: Person): boolean =>
  a.role === b.role && (a.code ? a.code === b.code : a.name === b.name && a.organ === b.organ)

/** Enrol anew with the same office. The PIN is gone with the old identity; the six digits stand in its place. */
export async function enrolAgain(store: Store, office: Office, old: Identity, code: string): Promise<void> {
  if ((await store.waiting()).length > 0) throw new StillWaiting()
  const kept = await store.meta('invitation')
  const keys = kept?.code === code ? kept.keys : null
  const invitation = { code, fingerprint: await fingerprint(old.recoveryKey), keys }
  const keep = async (identity: Identity): Promise<void> => {
    if (!isSame(identity.person, old.person)) {
      await store.deleteMeta('invitation')
      throw new OtherPerson()
    }
    await store.putMeta({ identity, pin: null })
    await store.forgetHeads()
  }
  // Until the office has answered with the same person, the old identity stays.
  const careful: Store = {
    ...store,
    putMeta: (meta) => (meta.identity ? keep(meta.identity) : store.putMeta(meta)),
  }
  await enrol(careful, office, invitation)
}

/** The roll may have been brought in anew after the backup, so that the same person has another code. */
const isCalledSame = (a: Person, b: Person): boolean =>
  isSame(a, b) || (a.role === b.role && a.name === b.name && !a.organ === !b.organ)

/**
 * Enrol as the phone that this one was: with the same keys, under the same ids, since its records name them and are
 * never signed anew. It shows that it holds both keys. Everything here stays, and the old epoch too, so that all of it
 * is sent once more when the six digits have been compared.
 */
export async function enrolKnown(store: Store, office: Office, old: Identity, code: string): Promise<void> {
  const { devices, keys, ledger, recoveryKey } = old
  const [records, proof] = [await spkiOf(keys.records.publicKey), await spkiOf(keys.proof.publicKey)]
  const said = ['mingbai/1 enrol again', code, records, proof, devices.records, devices.proof].join('\n')
  const again = { devices, signature: await sign(keys.proof.privateKey, said) }
  const answer = await office.enrol(code, { records, proof }, keys.records.privateKey, { again })
  const theirs = answer.devices
  if (answer.ledger !== ledger || answer.recovery_key !== recoveryKey) throw new WrongOffice()
  if (theirs.records !== devices.records || theirs.proof !== devices.proof) throw new WrongOffice()
  if (!isCalledSame(answer.person, old.person)) throw new OtherPerson()
  const { state, person, certificates, confirmed_by: confirmedBy = 'office' } = answer
  const identity: Identity = { ...old, state, person, confirmedBy, again: true }
  await store.putMeta({ identity: await withReceiptKey(identity, certificates) })
}
