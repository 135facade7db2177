/** A JPEG's pixels and nothing else: what a canvas writes is looked at again before anybody relies on it. */
import type { Bytes } from '../sign/bytes.ts'

/** The parts that a picture needs: how it is packed, and the scans. No EXIF, profile, remark or thumbnail. */
const NEEDED = new Set([0xe0, 0xdb, 0xc0, 0xc1, 0xc2, 0xc4, 0xda, 0xdd])
const END = 0xd9
const SCAN = 0xda

/** The same picture without a byte that is no pixel; null for what is no whole JPEG. */
export function onlyPixels(jpeg: Bytes): Bytes | null {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null
  const kept: Bytes[] = [jpeg.subarray(0, 2)]
  for (let at = 2; jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1]
    if (marker === END) return joined([...kept, jpeg.subarray(at, at + 2)])
    if (marker === undefined || at + 4 > jpeg.length) return null
    let end = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)
    if (marker === SCAN) end = afterScan(jpeg, end)
    if (NEEDED.has(marker)) kept.push(jpeg.subarray(at, end))
    at = end
  }
  return null
}

/** Where the packed pixels end: at the next marker that is neither a stuffed byte nor a restart. */
function afterScan(jpeg: Bytes, from: number): number {
  let at = jpeg.indexOf(0xff, from)
  while (at >= 0) {
    const next = jpeg[at + 1] ?? END
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at
    at = jpeg.indexOf(0xff, at + 2)
  }
  return jpeg.length
}

function joined(parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
