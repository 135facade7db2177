/** How a phone becomes a deputy's: a one-time code, keys made here, six digits compared face to face. */
import type { Identity, Invitation } from '../contract.ts'
import type { EnrolAnswer } from '../office.ts'
import { fingerprint, makeKeys, sixDigits, spkiOf } from '../sign/keys.ts'
import { lastCertified } from '../sign/receipt.ts'
import type { Store } from '../keep/store.ts'
import type { Office } from '../send/sync.ts'

/** Crockford's letters: no I, L, O, U, so nothing typed can be mistaken. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const CODE_LENGTH = 13

/** A typed code as it is meant: O is 0, I and L are 1, spaces and dashes are nothing. */
export const cleanCode = (typed: string): string =>
  [...typed.normalize('NFKC').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')]
    .filter((letter) => LETTERS.includes(letter))
    .join('')

/** A code in groups for reading: `ABCD EFGH JKMNP`. */
export const groupedCode = (code: string): string =>
  [code.slice(0, 4), code.slice(4, 8), code.slice(8)].filter((part) => part !== '').join(' ')

/** The invitation in an address `…/#e=CODE&k=FINGERPRINT`, or null. */
export function invitationIn(hash: string): Invitation | null {
  const said = new URLSearchParams(hash.replace(/^#/, ''))
  const code = cleanCode(said.get('e') ?? '')
  return code.length === CODE_LENGTH ? { code, fingerprint: said.get('k'), keys: null } : null
}

/** The office that answered is not the one that the link was made by. */
export class WrongOffice extends Error {}

/**
 * Enrol with the office. The keys are kept before anything is sent: when the answer is lost on the way,
 * the same code with the same keys asks again.
 */
export async function enrol(store: Store, office: Office, invitation: Invitation): Promise<Identity> {
  const keys = invitation.keys ?? (await makeKeys())
  await store.putMeta({ invitation: { ...invitation, keys } })
  const spki = { records: await spkiOf(keys.records.publicKey), proof: await spkiOf(keys.proof.publicKey) }
  const answer = await office.enrol(invitation.code, spki, keys.records.privateKey)
  const identity = await identityFrom(answer, { ...invitation, keys }, spki)
  await store.putMeta({ identity })
  await store.deleteMeta('invitation')
  return identity
}

async function identityFrom(
  answer: EnrolAnswer,
  invitation: Invitation & { keys: NonNullable<Invitation['keys']> },
  spki: { records: string; proof: string },
): Promise<Identity> {
  if (
    invitation.fingerprint !== null &&
    (await fingerprint(answer.recovery_key)) !== invitation.fingerprint
  ) {
    throw new WrongOffice()
  }
  const receipt = await lastCertified(answer.certificates, answer.recovery_key, 'receipt')
  if (!receipt) throw new WrongOffice()
  return {
    state: answer.state,
    ledger: answer.ledger,
    epoch: answer.epoch,
    devices: answer.devices,
    person: answer.person,
    keys: invitation.keys,
    recoveryKey: answer.recovery_key,
    receiptKeys: [receipt.key],
    receiptSince: receipt.from,
    sixDigits: await sixDigits(spki.records, spki.proof, answer.ledger),
    confirmedBy: answer.confirmed_by ?? 'office',
  }
}
