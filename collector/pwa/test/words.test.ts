import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readWords } from '../build/words.ts'
import { LEVELS } from '../src/view/level.tsx'
import { addWords, say } from '../src/words.ts'
import { REPOSITORY } from './cases.ts'

const words = readWords(join(REPOSITORY, 'content/words'))
const source = (folder: string): string =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? source(path) : readFileSync(path, 'utf8')))
    .join('\n')
const code = source('src')

/** Keys that are put together from a part and a value. */
const MADE = [
  'level',
  'means',
  'policy',
  'gate',
  'help.size',
  'enrol',
  'health',
  'report',
  'export',
  'pin.done',
  'due',
  'clock',
  'not_held',
  'too_old',
  'revoked',
  'unknown',
  'track',
  'stage',
  'by',
  'ladder',
  'install',
  'aside.by',
  'aside.final',
  'aside.is',
  'aside.mark',
  'aside.sort',
  'aside.title',
  'why',
].map((part) => `app.${part}.`)

test('every sentence that the app asks for is there', () => {
  const asked = [...code.matchAll(/\bt\(\s*(?:[^'`)]*\? )?'([a-z_.]+)'(?: : '([a-z_.]+)')?/g)].flatMap(
    ([, one, other]) => [one, other],
  )
  const missing = asked.filter((key) => key && !(`app.${key}` in words))
  assert.deepEqual(missing, [])
  assert.ok(asked.length > 60)
})

test('every sentence of app.yaml is used', () => {
  const unused = Object.keys(words)
    .filter((key) => key.startsWith('app.') && !MADE.some((part) => key.startsWith(part)))
    .filter((key) => !code.includes(`'${key.slice(4)}'`) && !code.includes(`'${key}'`))
  assert.deepEqual(unused, [])
})

test('every level has its word and its meaning', () => {
  for (const level of LEVELS) assert.ok(words[`app.level.${level}`] && words[`app.means.${level}`], level)
})

test('no screen speaks of machinery', () => {
  const said = Object.entries(words).filter(
    ([key, { zh }]) => key.startsWith('app.') && /同步|冲突|队列|缓存/.test(zh),
  )
  assert.deepEqual(said, [])
})

test('nothing is ever written as markup', () => {
  assert.doesNotMatch(
    code,
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|dangerouslySet/,
  )
})

test('only store.ts touches IndexedDB, and only sync.ts and the service worker fetch', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  for (const name of files.filter((each) => /\.tsx?$/.test(each))) {
    const text = readFileSync(join('src', name), 'utf8')
    if (name !== 'keep/store.ts') assert.doesNotMatch(text, /from 'idb'|indexedDB\./, name)
    if (!['send/sync.ts', 'sw.ts'].includes(name)) assert.doesNotMatch(text, /\bfetch\(/, name)
  }
})

test('the first page does not carry the sentences of the screens that come later', () => {
  const later = Object.keys(words).filter((key) => key.startsWith('app.tally.'))
  assert.ok(later.length > 20)
  assert.equal(say('zh', later[0]!), later[0])
  addWords({ [later[0]!]: '后来的话' })
  assert.equal(say('zh', later[0]!), '后来的话')
})
