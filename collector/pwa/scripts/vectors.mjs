// npm run vectors: write tests/cases/envelopes-phone.json, envelopes as the phone makes them.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile, root } from './compile.mjs'

const path = resolve(root, '../../tests/cases/envelopes-phone.json')
const folder = await compile('vectors', [resolve(root, 'test/phone_vectors.ts')])
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
