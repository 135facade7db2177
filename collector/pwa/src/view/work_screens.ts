/** The screens of what is to be done, one chunk: the whole list, one case, and both side by side. */
import zh from 'virtual:words/zh/case'
import { addWords } from '../words.ts'
import './work.css'

addWords(zh)

export { CaseScreen } from './case.tsx'
export { Desk } from './desk.tsx'
export { WorkScreen } from './queue.tsx'
