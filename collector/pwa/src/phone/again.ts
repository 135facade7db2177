/** A phone whose PIN is forgotten: a new invitation of the same person lets them in again, and nothing is lost. */
import type { Identity, Person } from '../contract.ts'
import { enrol } from './enrol.ts'
import { fingerprint } from '../sign/keys.ts'
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
