import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '../src/sign/keys.ts'
import { readCases } from './cases.ts'

interface Case {
  name: string
  spki: string
  message: string
  signature: string
  good: boolean
}

const cases = readCases<Case[]>('signatures.json') ?? []

test('the phone judges every signature as the server does', async () => {
  assert.ok(cases.length > 150)
  for (const { name, spki, message, signature, good } of cases)
    assert.equal(await verify(spki, signature, message), good, name)
})
