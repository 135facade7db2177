/** A paper ballot as a teller counts it: the frozen list, which numbers are asked, and what of them cannot be. */
import type { Answer, Answers, Ref, RefList, TypedAnswers } from '../contract.ts'
import { plainNumber } from '../form/money.ts'
import { SHEETS, VOTES, listDigest, numberOf, rowsOf, type Vote } from './tally.ts'

export interface Candidate {
  option: string
  subject: string
}

/** What a phone knows of a ballot with no network: what the list of ballots brings. */
export interface Ballot {
  code: string
  ref: Ref
  candidates: Candidate[]
  digest: string
  form: string
  seats: number
  roster: number | null
  present: number | null
}

/** Newest first, for the list of ballots. */
export const newestFirst = (a: Ref, b: Ref): number => {
  const [left, right] = [a, b].map((ref) => String(ref.brings?.voted_on ?? ''))
  return left! < right! ? 1 : left! > right! ? -1 : 0
}

/** The ballot that a draft names; null where this phone does not have its list. */
export function ballotOf(refs: Map<string, RefList>, value: unknown): Ballot | null {
  if (typeof value !== 'string' || value === '') return null
  const records = refs.get('ballot')?.records ?? []
  const ref = records.find(({ code, name }) => code === value || name === value)
  const candidates = (ref?.brings?.candidates ?? []) as Answers[]
  if (!ref || !Array.isArray(candidates) || candidates.length === 0) return null
  const { brings = {} } = ref
  return {
    code: ref.code,
    ref,
    candidates: candidates.map(({ option, subject }) => ({
      option: String(option),
      subject: String(subject),
    })),
    digest: String(brings.list_digest ?? ''),
    form: String(brings.ballot_form ?? ''),
    seats: numberOf(brings, 'seats'),
    roster: wholeOr(brings.roster_size),
    present: wholeOr(brings.present),
  }
}

const wholeOr = (value: Answer | undefined): number | null => (typeof value === 'number' ? value : null)

/** The digest of the names as they would stand on the screen, to compare with the one that was frozen. */
export const digestShown = (ballot: Ballot): Promise<string> =>
  listDigest(ballot.candidates.map(({ option, subject }) => [option, subject] as const)).catch(() => '')

/** Which numbers an option has, by how the sheets are marked. */
export const votesAsked = (form: string): Vote[] =>
  form === 'approve_oppose_abstain'
    ? ['approve', 'oppose', 'abstain']
    : form === 'rank_all'
      ? ['approve', 'points']
      : ['approve']

/** Places in a ranking are added up on paper and keyed; everything else can be called out and drawn. */
export const isCalled = (form: string): boolean => form !== 'rank_all'

/** One line of the arithmetic: whether it comes out, and the sentence for it. */
export interface Line {
  fits: boolean
  /** Where it stands on the screen: a number of sheets, or an option. */
  at: string
  key: string
  params: Record<string, string | number>
}

/** The arithmetic of a count so far, with what is wrong in it. What is not keyed yet is not judged. */
export function arithmetic(count: Answers, ballot: Ballot): Line[] {
  return [...sheetLines(count), ...optionLines(count, ballot), ...sumLines(count, ballot)]
}

const has = (count: Answers, ...names: string[]): boolean =>
  names.every((name) => typeof count[name] === 'number')

function sheetLines(count: Answers): Line[] {
  const [issued, returned, valid, invalid, blank] = SHEETS.map((name) => numberOf(count, name)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const lines: Line[] = []
  const add = (fits: boolean, at: string, key: string, params: Line['params']): void =>
    void lines.push({ fits, at, key, params })
  if (has(count, 'issued', 'returned')) {
    if (returned > issued) add(false, 'returned', 'tally.returned_more', { issued, returned })
    else if (returned === issued) add(true, 'returned', 'tally.returned_all', { issued, returned })
    else add(true, 'returned', 'tally.returned_fewer', { issued, returned, missing: issued - returned })
  }
  if (has(count, 'returned', 'valid', 'invalid')) {
    const sum = valid + invalid
    if (sum === returned) add(true, 'valid', 'tally.sum', { returned, valid, invalid })
    else add(false, 'valid', 'tally.sum_off', { returned, valid, invalid, sum })
  }
  if (has(count, 'blank', 'valid') && blank > valid) add(false, 'blank', 'tally.blank_more', { blank, valid })
  return lines
}

function optionLines(count: Answers, ballot: Ballot): Line[] {
  if (!has(count, 'valid')) return []
  const valid = numberOf(count, 'valid')
  const rows = rowsOf(count)
  return ballot.candidates.flatMap(({ option }) => {
    const votes = VOTES.slice(0, 3).reduce((sum, name) => sum + numberOf(rows.get(option) ?? {}, name), 0)
    const line = { fits: false, at: option, key: 'tally.option_more', params: { option, votes, valid } }
    return votes > valid ? [line] : []
  })
}

/** What all options together can be at most: a sheet marks no more than its seats, or it is invalid. */
function sumLines(count: Answers, { form, seats, candidates }: Ballot): Line[] {
  if (!has(count, 'valid')) return []
  const valid = numberOf(count, 'valid')
  const sumOf = (name: Vote): number =>
    [...rowsOf(count).values()].reduce((sum, row) => sum + numberOf(row, name), 0)
  if (form === 'approve_up_to_k' || form === 'choose_one') {
    const most = form === 'choose_one' ? 1 : seats
    const params = { sum: sumOf('approve'), valid, most, limit: valid * most }
    const fits = params.sum <= params.limit
    return [{ fits, at: 'totals', key: fits ? 'tally.approved' : 'tally.approved_more', params }]
  }
  const sum = sumOf('points')
  const limit = (valid * candidates.length * (candidates.length + 1)) / 2
  if (form !== 'rank_all' || sum === 0 || sum === limit) return []
  return [{ fits: false, at: 'totals', key: 'tally.points_off', params: { sum, valid, limit } }]
}

// ---------------------------------------------------------------- while it is being counted

/** How a draft keeps what is no answer: names that no question can have. */
export const STROKES = '_strokes'
export const COUNTED = '_counted'
export const WAY = '_way'

const REMEMBERED = 300

/** Begin to count this list: every option a row, in the list's order. */
export const begun = (ballot: Ballot): TypedAnswers => ({
  ballot: ballot.code,
  list_digest: ballot.digest,
  totals: ballot.candidates.map(({ option }) => ({ option })),
  [STROKES]: [],
  [COUNTED]: ballot.code,
})

export const rowTyped = (typed: TypedAnswers, option: string): TypedAnswers =>
  ((typed.totals ?? []) as TypedAnswers[]).find((row) => row.option === option) ?? { option }

const withVotes = (typed: TypedAnswers, option: string, vote: Vote, text: string): TypedAnswers[] =>
  ((typed.totals ?? []) as TypedAnswers[]).map((row) =>
    row.option === option ? { ...row, [vote]: text } : row,
  )

/** How many stand for an option; nothing yet is none. */
export function votesTyped(typed: TypedAnswers, option: string, vote: Vote): number {
  const text = plainNumber(String(rowTyped(typed, option)[vote] ?? ''))
  return /^\d+$/.test(text) ? Number(text) : 0
}

export const strokesOf = (typed: TypedAnswers): string[] => (typed[STROKES] ?? []) as string[]

/** One stroke more. */
export const stroke = (typed: TypedAnswers, option: string, vote: Vote): TypedAnswers => ({
  totals: withVotes(typed, option, vote, String(votesTyped(typed, option, vote) + 1)),
  [STROKES]: [...strokesOf(typed), `${option} ${vote}`].slice(-REMEMBERED),
})

/** Where the last stroke was drawn. */
export function lastStroke(typed: TypedAnswers): { option: string; vote: Vote } | null {
  const [option, vote] = (strokesOf(typed).at(-1) ?? '').split(' ')
  return option && vote ? { option, vote: vote as Vote } : null
}

/** The last stroke taken back. */
export function undone(typed: TypedAnswers): TypedAnswers {
  const last = lastStroke(typed)
  if (!last) return {}
  const votes = Math.max(0, votesTyped(typed, last.option, last.vote) - 1)
  return {
    totals: withVotes(typed, last.option, last.vote, String(votes)),
    [STROKES]: strokesOf(typed).slice(0, -1),
  }
}

/** A number keyed outright; strokes drawn there before can no longer be taken back one by one. */
export const keyed = (typed: TypedAnswers, option: string, vote: Vote, text: string): TypedAnswers => ({
  totals: withVotes(typed, option, vote, text),
  [STROKES]: strokesOf(typed).filter((each) => each !== `${option} ${vote}`),
})

/** Where nothing was called out there are no votes: the blanks of a count by strokes are noughts. */
export const filled = (typed: TypedAnswers, votes: Vote[]): TypedAnswers => ({
  totals: ((typed.totals ?? []) as TypedAnswers[]).map((row) => ({
    ...row,
    ...Object.fromEntries(votes.map((vote) => [vote, row[vote] || '0'])),
  })),
})
