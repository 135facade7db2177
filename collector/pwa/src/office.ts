/** What this phone and the office say to each other (protocol mingbai/1). Types only. */
import type {
  Answer,
  Answers,
  Certificate,
  Chain,
  Decided,
  DeviceState,
  Label,
  OfficeState,
  Policy,
  Person,
  PhotosSaid,
  SaidProblem,
  Version,
} from './contract.ts'
import type { Duties } from './form/duties.ts'

// ---------------------------------------------------------------- the office (protocol mingbai/1)

export interface Hello {
  protocol: string[]
  ledger: string
  epoch: string
  server_time: string
  nonce: string
  limits: { records: number; bytes: number }
  oldest_app: number
  position: number
  safe_position: number | null
  forms: string
  refs: Record<string, string>
  congress: { name: Label }
  duties?: Duties | null
  certificates?: Certificate[]
}

export interface EnrolAnswer {
  ledger: string
  epoch: string
  devices: Record<Chain, string>
  state: DeviceState
  person: Person
  recovery_key: string
  certificates: Certificate[]
  six_digits: string
  confirmed_by?: 'office' | 'phone'
}

export interface Receipt {
  statement: string
  signature: string
  key: string
}

export interface Outcome {
  id: string
  digest: string
  state: OfficeState
  code: string | null
  position: number | null
}

export interface PushAnswer {
  batch: string
  /** `stored`: as what a replayed record was taken. */
  results: (Outcome & { stored?: OfficeState; problems?: SaidProblem[] })[]
  receipt: Receipt
  certificates?: Certificate[]
}

export interface ReceiptStatement {
  batch: string
  ledger: string
  epoch: string
  position: number
  chain: string
  bookkeeping?: string
  server_time: string
  results: Outcome[]
}

export interface ReceiptsAnswer {
  device: { state: DeviceState }
  person: Person
  receipts: (Outcome & {
    problems?: SaidProblem[]
    published?: string | null
    photos?: PhotosSaid | null
    decided?: Decided | null
    current?: Version | null
  })[]
  safe_position: number | null
  /** Whether every photo that had come is in the second copy; an older office says nothing of it. */
  safe_photos?: boolean
}

export interface PulledRecord extends Outcome {
  kind: string
  received_at: string
  problems?: SaidProblem[]
  decided?: Decided | null
  answers: Answers
}

/** An answer that the office has erased for good: of which record, which one, when and why. */
export interface ErasedAnswer {
  id: string
  field: string
  on: string
  reason: string
}

export interface PullAnswer {
  records: PulledRecord[]
  /** Older offices say nothing of it. */
  erased?: ErasedAnswer[]
  cursor: string
  more: boolean
}

/** What the office holds of a ballot's counts: none of them before two tellers' devices have filed. */
export interface Counts {
  ballot: string
  arrived: number
  counts: Counted[] | null
}

/** One teller's count with its code. */
export interface Counted {
  code: string
  answers: Answers
}

// ---------------------------------------------------------------- what is to be done

export type Track = 'green' | 'yellow' | 'red'

/** A record that this person may file now, with the answers that are known already. */
export interface WorkStep {
  kind: string
  label: Label
  why: Label
  must: boolean
  answers: Answers
  replaces: string | null
}

/** One thing to know of a case, as one reads it. */
export interface Fact {
  label: Label
  value: Label
  /** Of a record to be read: how much of it leaves once it is approved. */
  publish?: Policy
  /** The photos of the answer, as a record names them. */
  photos?: string[]
}

export interface WorkItem {
  code: string
  kind: string
  title: Label
  stage: string
  said: Label
  track: Track | null
  due: string | null
  days: number | null
  clock: Label | null
  must: boolean
  steps: WorkStep[]
  facts: Fact[]
  timeline: { on: string; said: Label; kind: string; code: string }[]
}

/** A person's list as the office gave it last; `more` are left out of it. */
export interface Work {
  etag: string
  as_of: string
  items: WorkItem[]
  more: number
}

// ---------------------------------------------------------------- what was kept aside

/** Who filed a version, and with which phone. */
export interface By {
  name: string
  role: string
  device: string
  revoked_at: string | null
  reason: string | null
}

/** Which version of a record it is, who filed it and when. */
export interface Told {
  id: string
  digest: string
  kind: string
  code: string | null
  form: string | null
  received_at: string
  claimed_at: string | null
  mark: string | null
  /** Why it corrects what came before, where its author said so. */
  why?: { reason: Label; explanation: string | null } | null
  by: By
}

/** One answer on every side that gives it: a branch has three, anything else its own. */
export interface DeskField {
  name: string
  label: Label
  same: boolean
  answer?: Answer
  branch?: Answer
  current?: Answer
  base?: Answer
}

export type Side = 'branch' | 'current' | 'base'

export interface DeskEntry extends Told {
  label: Label | null
  problems?: SaidProblem[]
  current?: Told | null
  base?: Told | null
  /** None where nobody may read them yet. */
  fields: DeskField[] | null
  steps: WorkStep[]
}

export type Sort = 'branches' | 'held' | 'quarantined'

/** What waits for a clerk's decision, the oldest of each sort first; `more` are left out. */
export type Desk = { position: number; more: Record<Sort, number> } & Record<Sort, DeskEntry[]>
