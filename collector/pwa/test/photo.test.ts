import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bytes } from '../src/sign/bytes.ts'
import { onlyPixels } from '../src/photo/jpeg.ts'
import { fitted, makePhoto, MOST, nameOf, Unfit, type Darkroom } from '../src/photo/photo.ts'

const MARKER = 'CANARY-29.4321N-106.1234E'

const bytesOf = (...parts: (number[] | string)[]): Bytes =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : part,
    ),
  )

const part = (marker: number, content: Bytes): number[] => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 0xff,
  ...content,
]

/** EXIF as cameras write it, with a GPS directory and the marker in it. */
function exif(): number[] {
  const tiff = bytesOf(
    'MM',
    [0, 0x2a, 0, 0, 0, 8],
    [0, 1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0],
    [0, 1, 0, 1, 0, 2, 0, 0, 0, 26, 0, 0, 0, 44, 0, 0, 0, 0],
    MARKER,
    [0],
  )
  return part(0xe1, bytesOf('Exif', [0, 0], [...tiff]))
}

const PIXELS = [0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56]
const HEAD = part(0xe0, bytesOf('JFIF', [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]))
const TABLE = part(0xdb, bytesOf([0, ...new Array<number>(64).fill(1)]))
const SCAN = [...part(0xda, bytesOf([1, 1, 0, 0, 63, 0])), ...PIXELS]

const CLEAN = bytesOf([0xff, 0xd8], HEAD, TABLE, SCAN, [0xff, 0xd9])
const TELLING = bytesOf(
  [0xff, 0xd8],
  HEAD,
  exif(),
  part(0xe2, bytesOf('ICC_PROFILE', [0], MARKER)),
  TABLE,
  part(0xfe, bytesOf(MARKER)),
  SCAN,
  part(0xe1, bytesOf('http://ns.adobe.com/xap/1.0/', [0], MARKER)),
  SCAN,
  [0xff, 0xd9],
  'PK',
  MARKER,
)

const told = (bytes: Bytes): boolean => Buffer.from(bytes).includes(MARKER)

test('EXIF, place, profile, remarks and what hangs on the file are taken out of a JPEG, pixels are not', () => {
  assert.ok(told(TELLING))
  const left = onlyPixels(TELLING)!
  assert.ok(!told(left))
  assert.deepEqual([...left], [...bytesOf([0xff, 0xd8], HEAD, TABLE, SCAN, SCAN, [0xff, 0xd9])])
  assert.deepEqual(onlyPixels(CLEAN), CLEAN)
})

test('what is no whole JPEG is not let through', () => {
  const others: Record<string, Bytes> = {
    nothing: bytesOf(),
    'a PNG': bytesOf([0x89], 'PNG'),
    'a JPEG cut short in its pixels': CLEAN.slice(0, -2),
    'a JPEG cut short in a table': CLEAN.slice(0, 24),
    'a JPEG of its beginning alone': CLEAN.slice(0, 2),
  }
  for (const [what, bytes] of Object.entries(others)) assert.equal(onlyPixels(bytes), null, what)
})

/** A darkroom that prints what it is told to, whatever file it gets. */
const printing = (...prints: Bytes[]): Darkroom => ({
  open: () => Promise.resolve({ width: 1, height: 1, image: null!, close: () => undefined }),
  print: () => Promise.resolve(prints),
})

test('a photo is named by the digest of the bytes that go up, without what the canvas may have added', async () => {
  const picture = await makePhoto(new Blob([]), printing(TELLING, TELLING))
  assert.ok(!told(new Uint8Array(picture.bytes)) && !told(new Uint8Array(picture.thumb)))
  assert.equal(picture.id, await nameOf(new Uint8Array(picture.bytes)))
  assert.match(picture.id, /^sha256-[0-9a-f]{64}$/)
  assert.equal(
    await nameOf(bytesOf('abc')),
    'sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('a file that cannot be unpacked is said to be unreadable, and one that stays too large to be that', async () => {
  const broken: Darkroom = { ...printing(), open: () => Promise.reject(new Error('no picture')) }
  const huge = bytesOf([0xff, 0xd8], [...TABLE])
  const padded = new Uint8Array(MOST + 100)
  padded.set(huge)
  padded.set([0xff, 0xda, 0, 2], huge.length)
  padded.set([0xff, 0xd9], padded.length - 2)
  const why = async (room: Darkroom): Promise<unknown> =>
    makePhoto(new Blob([]), room).then(
      () => 'taken',
      (fault: unknown) => (fault instanceof Unfit ? fault.why : fault),
    )
  assert.equal(await why(broken), 'unreadable')
  assert.equal(await why(printing(bytesOf('GIF89a'), CLEAN)), 'unreadable')
  assert.equal(await why(printing()), 'unreadable')
  assert.equal(await why(printing(padded, CLEAN)), 'large')
})

test('a picture is fitted into its square and never made larger', () => {
  assert.deepEqual(fitted(4000, 3000, 1600), [1600, 1200])
  assert.deepEqual(fitted(3000, 4000, 240), [180, 240])
  assert.deepEqual(fitted(30, 20, 1600), [30, 20])
  assert.deepEqual(fitted(40_000, 3, 240), [240, 1])
})
