/** Screens that few open and nobody opens first, one chunk: help, what has not gone up yet, and this phone itself. */
import exporting from 'virtual:words/zh/export'
import health from 'virtual:words/zh/health'
import pin from 'virtual:words/zh/pin'
import zh from 'virtual:words/zh/seldom'
import { addWords } from '../words.ts'

addWords({ ...zh, ...health, ...exporting, ...pin })

export { HelpScreen } from './phone/help.tsx'
export { PhoneScreen } from './phone/phone.tsx'
export { UploadsScreen } from './uploads.tsx'
