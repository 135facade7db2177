/** What the parts of the app and the phone's memory promise each other; what the office says is in office.ts. Types only. */

export type Lang = 'zh' | 'en'
export type Label = Record<Lang, string>

// ---------------------------------------------------------------- forms

export type Policy = 'never' | 'counted' | 'reviewed' | 'village' | 'surname' | 'month' | 'full'

export type FieldType =
  | 'string'
  | 'long'
  | 'uri'
  | 'date'
  | 'time'
  | 'date-time'
  | 'integer'
  | 'number'
  | 'money'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'reference'
  | 'references'
  | 'strings'
  | 'photos'
  | 'group'

export interface Choice {
  value: string
  label: Label
}

/** One question. A group asks its `fields` again for every item; `strings` is a list of short texts. */
export interface Field {
  name: string
  label: Label
  hint: Label | null
  type: FieldType
  required: boolean
  publish: Policy
  choices?: Choice[] | null
  refers_to?: string | null
  /** What the list of the referred kind carries along with each record, for a screen to use with no network. */
  brings?: string[] | null
  only_if?: Record<string, Answer> | null
  /** The roles that are asked it; none named means everybody who writes the form. */
  written_by?: string[] | null
  unit?: Label | null
  /** Of a group: the field of a row whose value no other row may have. */
  unique?: string | null
  fields?: Field[] | null
}

/** A rule across fields, in CEL, with the sentence to say when it does not hold. */
export interface Check {
  that: string
  say: Label
  fields: string[]
}

/** What is asked about one kind of record, as the office made it from its YAML file. */
export interface Form {
  kind: string
  version: string
  label: Label
  description: Label
  code: string
  written_by: string[]
  about: string | null
  gate: 'none' | 'review' | 'two_keys'
  proof: boolean
  fields: Field[]
  schema: JsonSchema
  checks: Check[]
  title: string
  /** Under which words it stands among many kinds, and the place of that group, which one of its kinds says. */
  group?: Label | null
  group_at?: number | null
}

export type JsonSchema = { [keyword: string]: unknown }

// ---------------------------------------------------------------- answers

export type Answer = string | number | boolean | Answer[] | { [name: string]: Answer }
export type Answers = Record<string, Answer>

/** What stands in the inputs: numbers and money still as the text that was typed. */
export type Typed = string | boolean | string[] | TypedAnswers[]
export type TypedAnswers = { [name: string]: Typed }

/** A fault in the answers: `pointer` is an RFC 6901 path, `key` a sentence of words/problems.yaml. */
export interface Problem {
  pointer: string
  key: string
  params: Record<string, string | number | Label>
}

/** A fault already in words: from the office, or from a form's own check. */
export interface SaidProblem {
  pointer: string
  say: Label
}

/** A record one can refer to: a grid, a station, a deputy. */
export interface Ref {
  code: string
  name: string | null
  label: string | Label
  about?: string | null
  /** What some form asks to have along: of a ballot its candidates, how many are chosen. */
  brings?: Answers
}

export interface RefList {
  kind: string
  etag: string | null
  records: Ref[]
}

// ---------------------------------------------------------------- who this phone is

/** Two chains, so that gaps among published envelopes tell nothing of the visits between them. */
export type Chain = 'records' | 'proof'

export interface DeviceKeys {
  records: CryptoKeyPair
  proof: CryptoKeyPair
}

export interface Certificate {
  statement: string
  signature: string
}

export interface Person {
  code: string
  name: string
  role: string
  /** For which organ a handler acts. */
  organ?: string | null
}

export type DeviceState = 'pending' | 'active' | 'revoked'

export interface Identity {
  state: DeviceState
  ledger: string
  epoch: string
  devices: Record<Chain, string>
  person: Person
  keys: DeviceKeys
  recoveryKey: string
  receiptKeys: string[]
  sixDigits: string
  /** From when on the receipt key counts: a phone that knows a later one believes no earlier one any more. */
  receiptSince?: string
  /** Known here before the office went back to a backup: what it has and what it is stay, whatever comes of it. */
  again?: true
  /** Who compares the six digits; phones that were enrolled before nobody else could know only the office. */
  confirmedBy?: 'office' | 'phone'
}

/** The link or the typed code that brought somebody here, kept until the office has answered. */
export interface Invitation {
  code: string
  fingerprint: string | null
  keys: DeviceKeys | null
}

// ---------------------------------------------------------------- drafts and records

export interface Draft {
  id: string
  kind: string
  form: string
  typed: TypedAnswers
  replaces: string | null
  begunAt: string
  changedAt: string
  work?: FromWork
  /** The branch that it settles, by its id: its author has chosen between both versions. */
  settles?: string
  /** How many changes it has had, counted on by every phone that goes on with it. */
  n?: number
  /** Up to which count another phone's changes are in it. */
  met?: number
  /** It was given up here, and the office has not heard it yet: nothing of what it said is left. */
  dropped?: true
}

/** From which button of which case a draft was begun. */
export interface FromWork {
  item: string
  step: string
  /** Questions that the case has answered; nobody is asked them again. */
  settled: string[]
  /** What the case and its records are called, for when it has left the list. */
  labels: Record<string, Label>
}

export interface Head {
  chain: Chain
  seq: number
  digest: string | null
}

export interface Signed {
  id: string
  chain: Chain
  seq: number
  envelope: string
  digest: string
  signature: string
  disclosures: string[]
}

export type OfficeState = 'accepted' | 'replayed' | 'branch' | 'quarantined' | 'held' | 'returned' | 'retry'

/** How far a record has come. Only a verified receipt makes `waiting` into `delivered`. */
export type Delivery =
  | { at: 'waiting'; tries: number; said: Label | null }
  | {
      at: 'delivered'
      state: OfficeState
      position: number | null
      code: string | null
      problems: SaidProblem[]
      published: string | null
      arrivedAt: string
      /** What the office says of the photos that the record names; absent before it has said anything. */
      photos?: PhotosSaid | null
      /** That a clerk will not take it in, and why. */
      decided?: Decided
      /** The version in force, where it is not this one. */
      current?: Version
    }

export interface Decided {
  decision: 'close'
  reason: string
  on: string
}

/** A version of one's own record that somebody filed meanwhile. */
export interface Version {
  id: string
  digest: string
  form: string
  received_at: string
  claimed_at: string | null
  by: { name: string; role: string }
  answers: Answers
}

/** A finalised record. `signed` is null for one that came back from the office after a reinstall. */
export interface Filed {
  id: string
  kind: string
  form: string
  answers: Answers
  replaces: string | null
  filedAt: string
  signed: Signed | null
  delivery: Delivery
  work?: FromWork
  settles?: string
  /** What its author said to the news about it: leaves both versions to the office, has read what was decided. */
  heed?: 'left' | 'read'
  /** The answers that the office has erased for good, and this phone with it: the day, by field. */
  erased?: Record<string, string>
}

/** Of a record's photos: which have not come, and which cannot be opened and why. */
export interface PhotosSaid {
  missing: string[]
  unreadable: { photo: string; say: Label }[]
}

/** A photo on this phone. Its pictures lie apart, so that starting need not read them. */
export interface Photo {
  /** `sha256-…`, as answers name it. */
  id: string
  size: number
  addedAt: string
  /** How many bytes the office has said that it holds, and when it said that it holds them all. */
  sent: number
  done: string | null
  /** Why it cannot be taken: in the office's words, or that it is gone here, or refused without a word. */
  problem: Label | 'lost' | 'refused' | null
  /** Since when nothing names it any more. */
  loose?: string
}

/** The bytes that go up, and a small picture to show. */
export interface Picture {
  id: string
  bytes: ArrayBuffer
  thumb: ArrayBuffer
}

export type Level = 'draft' | 'waiting' | 'delivered' | 'backed_up' | 'published' | 'look' | 'returned'
