/** Screens that few open and nobody opens first, one chunk: help, and what has not gone up yet. */
import zh from 'virtual:words/zh/seldom'
import { addWords } from '../words.ts'

addWords(zh)

export { HelpScreen } from './help.tsx'
export { UploadsScreen } from './uploads.tsx'
