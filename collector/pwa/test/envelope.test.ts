import assert from 'node:assert/strict'
import { test } from 'node:test'
import { b64u, digestOf, unb64u } from '../src/sign/bytes.ts'
import { disclose, disclosure, makeEnvelope, uuid7 } from '../src/sign/envelope.ts'
import { verify } from '../src/sign/keys.ts'
import { readCases } from './cases.ts'

const parts = {
  ledger: 'a-ledger',
  kind: 'visit',
  form: 'visit@digest',
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  device: 'a-device',
  seq: 1,
  prev: null,
  claimedAt: '2026-03-02T01:02:03.004Z',
  replaces: null,
}

test('an envelope is this text, in this order, with no space', async () => {
  const text = await makeEnvelope({
    ...parts,
    disclosures: [disclosure('village', '柳河村', 'AAAAAAAAAAAAAAAAAAAAAA')],
  })
  assert.equal(
    text,
    '{"v":1,"ledger":"a-ledger","kind":"visit","form":"visit@digest","id":"01890a5d-ac96-774b-bcce-b302099a8057",' +
      '"device":"a-device","seq":1,"prev":null,"claimed_at":"2026-03-02T01:02:03.004Z","replaces":null,' +
      `"_sd":["${await digestOf('["AAAAAAAAAAAAAAAAAAAAAA","village","柳河村"]')}"]}`,
  )
})

test('digests stand sorted, so that their order says nothing of the form', async () => {
  const disclosures = disclose(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, at])))
  const { _sd } = JSON.parse(await makeEnvelope({ ...parts, disclosures })) as { _sd: string[] }
  assert.deepEqual(_sd, [..._sd].sort())
})

test('the same answer never gives the same digest twice', () => {
  assert.notEqual(disclosure('a', 1), disclosure('a', 1))
  assert.equal(unb64u((JSON.parse(disclosure('a', 1)) as string[])[0]!).length, 16)
})

test('an id is a UUID of version 7 that sorts by time', () => {
  assert.equal(uuid7(1645557742000, unhex('0cc318c4dc0c0c07398f')), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  assert.ok(uuid7(1) < uuid7(2))
})

const unhex = (text: string) => Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16))

test('bytes have one spelling', () => {
  assert.equal(b64u(new Uint8Array([0xfb, 0xff])), '-_8')
  for (const text of ['a+b', 'a/b', 'ab==']) assert.throws(() => unb64u(text))
})

interface Vector {
  envelope: string
  digest: string
  signature: string
  disclosures: string[]
}
interface Vectors {
  spki?: string
  key?: { spki: string }
  vectors: (Vector & { spki?: string })[]
}

for (const name of ['envelopes.json', 'envelopes-phone.json']) {
  const cases = readCases<Vectors>(name)
  test(
    `every envelope of ${name} opens here`,
    { skip: !cases && `tests/cases/${name} is not there` },
    async () => {
      assert.ok(cases!.vectors.length > 0)
      for (const vector of cases!.vectors) {
        const spki = vector.spki ?? cases!.spki ?? cases!.key!.spki
        assert.ok(await verify(spki, vector.signature, vector.envelope), 'signature')
        assert.equal(await digestOf(vector.envelope), vector.digest)
        const { _sd } = JSON.parse(vector.envelope) as { _sd: string[] }
        assert.deepEqual((await Promise.all(vector.disclosures.map(digestOf))).sort(), _sd)
      }
    },
  )
}
