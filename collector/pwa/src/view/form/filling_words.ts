/** The sentences of filling in, for every screen that has a part of it. */
import zh from 'virtual:words/zh/filling'
import { addWords } from '../../words.ts'

addWords(zh)
