/** Why a record is corrected: a reason, and a sentence if one likes. It travels beside the answers (ledger/why.py). */
import type { Answer, Answers, Draft } from '../contract.ts'

/** The name it travels under, which no question may have; and where a draft holds the sentence. */
export const WHY = 'why_corrected'
export const WORDS = 'why_words'

/** What is signed of a draft: its answers, with the reason where it replaces a record and one was given. */
export function withWhy({ replaces, typed }: Draft, answers: Answers): Answers {
  const reason = typed[WHY]
  if (!replaces || !reason) return answers
  // The sentence is for the public, and of what privacy took away nothing more is said.
  const explanation = String((reason !== 'privacy' && typed[WORDS]) || '')
    .normalize('NFC')
    .trim()
  const why = { reason, ...(explanation && { explanation }) }
  return { ...answers, [WHY]: why as unknown as Answer }
}
