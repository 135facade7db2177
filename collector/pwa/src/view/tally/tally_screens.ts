/** The screens of paper ballots, one chunk: the tellers' count, the code they compare, the scrutineers' result. */
import zh from 'virtual:words/zh/tally'
import { addWords } from '../../words.ts'
import './tally.css'

addWords(zh)

export { CodeToCompare } from './check_code.tsx'
export { CountScreen } from './count.tsx'
export { ResultScreen } from './result.tsx'
