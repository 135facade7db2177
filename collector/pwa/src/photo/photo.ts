/** A photo made ready for its way: smaller, upright, nothing in it but pixels, named by its digest. */
import { sha256, type Bytes } from '../sign/bytes.ts'
import type { Picture } from '../contract.ts'
import { onlyPixels } from './jpeg.ts'

const SIDE = 1600
const THUMB = 240
const QUALITY = 0.8
/** What the office takes at most. */
export const MOST = 8 << 20

/** No photo that can be taken. */
export class Unfit extends Error {
  constructor(readonly why: 'unreadable' | 'large') {
    super(`a photo that is ${why}`)
  }
}

/** How the pixels are unpacked and packed; another one in tests. */
export interface Darkroom {
  open: (file: Blob) => Promise<Opened>
  /** JPEGs in which the longer side is at most so long, the largest first. */
  print: (opened: Opened, sides: number[]) => Promise<Bytes[]>
}

export interface Opened {
  width: number
  height: number
  image: CanvasImageSource
  close: () => void
}

/** What is kept of a chosen file: it never leaves the phone itself. Throws Unfit. */
export async function makePhoto(file: Blob, room: Darkroom = canvas): Promise<Picture> {
  const opened = await room.open(file).catch(() => {
    throw new Unfit('unreadable')
  })
  try {
    const [bytes, thumb] = (await room.print(opened, [SIDE, THUMB])).map(onlyPixels)
    if (!bytes || !thumb) throw new Unfit('unreadable')
    if (bytes.length > MOST) throw new Unfit('large')
    return { id: await nameOf(bytes), bytes: bytes.buffer, thumb: thumb.buffer }
  } finally {
    opened.close()
  }
}

/** How answers name a photo: by the digest of the exact bytes that go up. */
export async function nameOf(bytes: Bytes): Promise<string> {
  const digest = await sha256(bytes)
  return `sha256-${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The size in which a picture fits a square; never larger than it is. */
export function fitted(width: number, height: number, side: number): [number, number] {
  const most = Math.max(width, height, side)
  return [Math.max(1, Math.round((width * side) / most)), Math.max(1, Math.round((height * side) / most))]
}

const canvas: Darkroom = {
  async open(file) {
    const image = await bitmapOf(file).catch(() => imageOf(file))
    const [width, height] =
      'naturalWidth' in image ? [image.naturalWidth, image.naturalHeight] : [image.width, image.height]
    if (!width || !height) throw new Unfit('unreadable')
    return { width, height, image, close: () => ('close' in image ? image.close() : undefined) }
  },
  async print({ width, height, image }, sides) {
    const prints: Promise<Blob>[] = []
    let from = image
    for (const side of sides) {
      const { paper, pen } = drawn(from, fitted(width, height, side))
      prints.push(jpegOf(paper))
      from = pen.canvas
    }
    const blobs = await Promise.all(prints)
    return Promise.all(blobs.map(async (blob) => new Uint8Array(await blob.arrayBuffer())))
  },
}

const bitmapOf = (file: Blob): Promise<ImageBitmap> =>
  createImageBitmap(file, { imageOrientation: 'from-image' })

/** For browsers whose bitmaps know no orientation, or not this kind of picture: an image knows both. */
async function imageOf(file: Blob): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = URL.createObjectURL(file)
  try {
    await image.decode()
    return image
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

type Paper = HTMLCanvasElement | OffscreenCanvas

interface Drawing {
  paper: Paper
  pen: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D
}

/** A picture on white paper of this size. */
function drawn(image: CanvasImageSource, [width, height]: [number, number]): Drawing {
  const drawing = paperOf(width, height)
  const { pen } = drawing
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, width, height)
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(image, 0, 0, width, height)
  return drawing
}

/** A canvas outside the page where the browser has one that can be drawn on. */
function paperOf(width: number, height: number): Drawing {
  const apart = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(width, height)
  const pen = apart?.getContext('2d', { alpha: false })
  if (apart && pen) return { paper: apart, pen }
  const paper = Object.assign(document.createElement('canvas'), { width, height })
  return { paper, pen: paper.getContext('2d', { alpha: false })! }
}

const jpegOf = (paper: Paper): Promise<Blob> =>
  'convertToBlob' in paper
    ? paper.convertToBlob({ type: 'image/jpeg', quality: QUALITY })
    : new Promise((done, failed) =>
        paper.toBlob((blob) => (blob ? done(blob) : failed(new Unfit('unreadable'))), 'image/jpeg', QUALITY),
      )
