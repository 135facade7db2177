/** Everything the screen shows, at one moment. */
import type { Draft, Filed, Form, Identity, Invitation, Label, Photo, RefList } from './contract.ts'
import type { Desk, Hello, Work } from './office.ts'
import { ALONG } from './form/form.ts'
import type { Measured } from './send/office_clock.ts'
import type { Memory } from './keep/store.ts'
import type { Back, Loss, Tripwire } from './keep/tripwire.ts'
import { called } from './case/work.ts'

export type Upload =
  { at: 'rest' } | { at: 'sending'; done: number; total: number } | { at: 'pausing'; until: number; why: Why }

/** Why there is a pause: `unknown` where the office does not know this phone any more. */
export type Why = 'unreachable' | 'refused' | 'unknown'

export interface State {
  identity: Identity | null
  invitation: Invitation | null
  hello: Hello | null
  /** Every form this phone has ever had, by version; drafts and records keep theirs. */
  forms: Map<string, Form>
  /** The forms that new records are begun with. */
  current: Form[]
  refs: Map<string, RefList>
  drafts: Draft[]
  /** Drafts that were given up, until the office has heard it. */
  dropped: string[]
  /** Up to which change the office has a private copy of each draft. */
  copies: Record<string, number>
  /** Drafts of which the office takes no copy as they are, and why. */
  refused: Record<string, { n: number; say: Label }>
  records: Filed[]
  /** The photos that lie on this phone. */
  photos: Photo[]
  /** Up to which position the office holds a second copy; null while it says nothing of one. */
  safe: number | null
  /** What had arrived by then of photos, the second copy has; null while the office says nothing of it. */
  safePhotosAt: string | null
  /** What this person has to do, as the office said last, and when it said so. */
  work: Work | null
  workAt: string | null
  desk: Desk | null
  deskAt: string | null
  upload: Upload
  heardAt: string | null
  /** How the phone's clock stood when the office was last heard. */
  clock: Measured | null
  saveFailed: boolean
  pin: boolean
  loss: Loss | null
  /** What has come back from the office, until somebody has read it. */
  back: Back | null
  persisted: boolean | null
}

export const isWaiting = ({ delivery }: Filed): boolean => delivery.at === 'waiting'

export function stateFrom({ meta, drafts, records, forms, refs, photos }: Memory): State {
  const byVersion = new Map(forms.map((form) => [form.version, form]))
  return {
    identity: meta.identity ?? null,
    invitation: meta.invitation ?? null,
    hello: meta.hello ?? null,
    forms: byVersion,
    current: (meta.kinds ?? []).flatMap((version) => byVersion.get(version) ?? []),
    refs: new Map([...refs, along(meta.work, drafts, records)].map((list) => [list.kind, list])),
    drafts: drafts.filter(({ dropped }) => !dropped).sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1)),
    dropped: drafts.flatMap(({ id, dropped }) => (dropped ? id : [])),
    copies: meta.copies ?? {},
    refused: {},
    records: records.sort((a, b) => (a.filedAt < b.filedAt ? 1 : -1)),
    photos,
    safe: meta.safe ?? null,
    safePhotosAt: meta.safePhotosAt ?? null,
    work: meta.work ?? null,
    workAt: meta.workAt ?? null,
    desk: meta.desk ?? null,
    deskAt: meta.deskAt ?? null,
    upload: { at: 'rest' },
    heardAt: null,
    clock: null,
    saveFailed: false,
    pin: !!meta.pin,
    loss: null,
    back: meta.back ?? null,
    persisted: null,
  }
}

/** What came along with cases: how records are called that no list on this phone may have. */
function along(work: Work | undefined, drafts: Draft[], records: Filed[]): RefList {
  const labels = Object.assign(
    {},
    ...[...records, ...drafts].map((each) => each.work?.labels),
    ...(work?.items ?? []).map(called),
  ) as Record<string, Label>
  const each = Object.entries(labels).map(([code, label]) => ({ code, name: null, label }))
  return { kind: ALONG, etag: null, records: each }
}

/** The note to leave outside the database of what is in it. */
export function tripwireOf({ identity, records, drafts }: State): Tripwire {
  const seq = { records: 0, proof: 0 }
  for (const { signed } of records) if (signed) seq[signed.chain] = Math.max(seq[signed.chain], signed.seq)
  const unsent = records.filter(isWaiting).map(({ id }) => id)
  const device = (identity?.again || identity?.state !== 'pending') && identity?.devices.records
  return { device: device || null, seq, unsent, drafts: drafts.map(({ id }) => id) }
}
