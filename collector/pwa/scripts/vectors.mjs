// npm run vectors: write tests/cases/envelopes-phone.json and unsent-phone.json, as the phone makes them.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile, root } from './compile.mjs'

const path = resolve(root, '../../tests/cases/envelopes-phone.json')
const sources = ['phone_vectors', 'unsent_vectors'].map((name) => resolve(root, `test/${name}.ts`))
const folder = await compile('vectors', sources)
const { phoneVectors } = await import(pathToFileURL(resolve(folder, 'phone_vectors.js')).href)
const made = await phoneVectors()

/** A signature is different each time: where the envelope is the same, the one that is there stays. */
function before() {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).vectors
  } catch {
    return []
  }
}
const kept = new Map(before().map(({ envelope, signature }) => [envelope, signature]))
const vectors = made.vectors.map((one) => ({ ...one, signature: kept.get(one.envelope) ?? one.signature }))
writeFileSync(path, `${JSON.stringify({ ...made, vectors }, null, 1)}\n`)
console.log(`${path}: ${vectors.length} envelopes`)

// A sealed file is different each time: while what is in them is the same, those that are there stay.
const files = resolve(root, '../../tests/cases/unsent-phone.json')
const { unsentVectors } = await import(pathToFileURL(resolve(folder, 'unsent_vectors.js')).href)
const fresh = await unsentVectors()
const contents = (cases) => JSON.stringify(cases.vectors.map(({ content }) => content))
let same = false
try {
  same = contents(JSON.parse(readFileSync(files, 'utf8'))) === contents(fresh)
} catch {
  // There are none yet.
}
if (!same) writeFileSync(files, `${JSON.stringify(fresh, null, 1)}\n`)
console.log(`${files}: ${fresh.vectors.length} files`)
