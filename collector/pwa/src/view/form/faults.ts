/** What is wrong with the answers on the screen, in words. The checker is a chunk of its own, fetched with the first form. */
import type { Answers, Form, SaidProblem } from '../../contract.ts'
import { label } from '../../words.ts'

export const loadCheck = (): Promise<typeof import('../../form/check.ts')> => import('../../form/check.ts')

export async function faultsOf(form: Form, answers: Answers): Promise<SaidProblem[]> {
  const problems = await (await loadCheck()).checkAnswers(form, answers)
  return problems.map(({ pointer, key, params }) => ({ pointer, say: label(key, params) }))
}
