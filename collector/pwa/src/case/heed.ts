/** What an author says to the news about a record is kept with it, on this phone. */
import type { App } from '../app.ts'
import type { Filed } from '../contract.ts'

export async function heed({ round }: App, record: Filed, said: NonNullable<Filed['heed']>): Promise<void> {
  const now = round.state().records.find(({ id }) => id === record.id) ?? record
  await round.store.settle([{ ...now, heed: said }], null)
  await round.reload()
}
