/** Envelopes as this phone makes them, with a key that is for tests only, for the server to open: npm run vectors. */
import { digestOf, unb64u } from '../src/sign/bytes.ts'
import type { Answers } from '../src/contract.ts'
import { disclosure, makeEnvelope, uuid7 } from '../src/sign/envelope.ts'
import { sign } from '../src/sign/keys.ts'
import { withWhy } from '../src/form/why.ts'
import { draftOf } from './phone.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const PKCS8 =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyfeeKPwvsRPPP8zDiuWk0QhWeEX2ka6f5nBMS1hSEouhRANCAASxFY_aL3iqGveNQnIAX_4sYkYjeOxKQzaCgEAz1aChuiQaW7rTErrqqCAtbMPJWAccODXzNdpfxGCnD4K-08ln'
const SPKI =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsRWP2i94qhr3jUJyAF_-LGJGI3jsSkM2goBAM9WgobokGlu60xK66qggLWzDyVgHHDg18zXaX8Rgpw-CvtPJZw'
const FORM = 'N2Q3ZDk4YjE0ZTk2ZjQxOWY2YjA1ZjI4ZTQ3YzE2Mzg'
const AT_MS = 1_772_413_323_004

const correction = {
  ...draftOf(),
  replaces: 'an earlier one',
  typed: { why_corrected: 'changed_since', why_words: '镇里装了灯。' },
}

const RECORDS: { about: string; answers: Answers }[] = [
  { about: 'no answers', answers: {} },
  { about: 'one Chinese text', answers: { summary: '三组村道晚上没有路灯。' } },
  {
    about: 'every type of answer',
    answers: {
      visited_on: '2026-03-02',
      people: 3,
      floor_area: 12.5,
      cost: 900000000029,
      open: false,
      topics: ['roads', 'elderly'],
      reception: [{ day: '每月 20 日', opens: '09:00' }],
    },
  },
  {
    about: 'letters that JSON writes in more than one way',
    answers: { summary: 'a"b\\c/d\ne\tf \u2028 𠮷 é 😀 <script>&amp;' },
  },
  {
    about: 'a correction with its reason',
    answers: withWhy(correction, { summary: '三组村道晚上有路灯了。' }),
  },
]

export interface PhoneVector {
  about: string
  answers: Answers
  envelope: string
  digest: string
  signature: string
  disclosures: string[]
}

export async function phoneVectors(): Promise<{ spki: string; vectors: PhoneVector[] }> {
  const key = await crypto.subtle.importKey('pkcs8', unb64u(PKCS8), P256, false, ['sign'])
  const vectors: PhoneVector[] = []
  for (const [at, { about, answers }] of RECORDS.entries()) {
    const salt = (number: number): string => `${String.fromCharCode(65 + at, 65 + number)}${'A'.repeat(20)}`
    const disclosures = Object.entries(answers).map(([name, value], number) =>
      disclosure(name, value, salt(number)),
    )
    const envelope = await makeEnvelope({
      ledger: '0195c0de-0000-7000-8000-000000000001',
      kind: 'visit',
      form: `visit@${FORM}`,
      id: uuid7(AT_MS + at, new Uint8Array(10).fill(at)),
      device: '0195c0de-0000-7000-8000-000000000002',
      seq: at + 1,
      prev: vectors.at(-1)?.digest ?? null,
      claimedAt: new Date(AT_MS + at).toISOString(),
      replaces: at === 2 || at === 4 ? uuid7(AT_MS, new Uint8Array(10)) : null,
      disclosures,
    })
    vectors.push({
      about,
      answers,
      envelope,
      digest: await digestOf(envelope),
      signature: await sign(key, envelope),
      disclosures,
    })
  }
  return { spki: SPKI, vectors }
}
