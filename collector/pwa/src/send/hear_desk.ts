/** What was kept aside, heard in the round for a clerk only. It is asked for in a try of its own. */
import type { Desk, Hello } from '../office.ts'
import { signerOf } from './outbox.ts'
import type { Talk } from './round.ts'
import { Refused, Unreachable } from './sync.ts'

export async function hearDesk({ store, office, state, now }: Talk, { position }: Hello): Promise<void> {
  const { identity, desk, deskAt, records } = state()
  if (!identity) return
  const heard = deskAt ?? ''
  const sent = records.some(({ delivery }) => delivery.at === 'delivered' && delivery.arrivedAt > heard)
  try {
    const moved = desk?.position !== position || sent
    const asked = moved && office.ask<Desk>({ method: 'GET', path: '/desk', signer: signerOf(identity) })
    const fresh = asked ? { desk: await asked } : {}
    await store.putMeta({ ...fresh, deskAt: now().toISOString() })
  } catch (fault) {
    if (!(fault instanceof Refused || fault instanceof Unreachable)) throw fault
  }
}
