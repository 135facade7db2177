/** The screens of what is to be done and of what was kept aside, one chunk: lists, one case, both side by side. */
import zhAside from 'virtual:words/zh/aside'
import zh from 'virtual:words/zh/case'
import { addWords } from '../../words.ts'
import './aside.css'
import './work.css'

addWords({ ...zh, ...zhAside })

export { AsideLink, AsideScreen } from './aside_list.tsx'
export { BothScreen, Meanwhile } from './both_sides.tsx'
export { CaseScreen } from './case.tsx'
export { DecisionRecord, DecisionScreen } from './decision.tsx'
export { Desk } from './desk.tsx'
export { WorkScreen } from './queue.tsx'
