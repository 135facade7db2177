/** News that there is only at times, one chunk: a new version, a wrong clock, a phone that was stopped. */
import zh from 'virtual:words/zh/news'
import { addWords } from '../words.ts'

addWords(zh)

export {
  ClockNews,
  NotHeldNews,
  RevokedNews,
  TooOldNews,
  UnknownNews,
  UpdateNews,
  VanishedNews,
} from './occasional.tsx'
