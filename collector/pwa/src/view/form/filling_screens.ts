/** Filling in a form and looking at what was filed, one chunk: it comes as soon as the first page stands. */
import './filling.css'

export { DraftScreen } from './draft.tsx'
export { RecordScreen } from '../record.tsx'
