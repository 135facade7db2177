/** Makes photos ready beside the page, so that the page can be used meanwhile. */
import type { Picture } from '../contract.ts'
import { makePhoto } from './photo.ts'

/** The few things used here of the worker's own types, which cannot be loaded beside the page's. */
interface Worker {
  onmessage: (event: MessageEvent<Blob>) => void
  postMessage(answer: Picture | null, transfer: Transferable[]): void
}
const worker = self as unknown as Worker

worker.onmessage = ({ data }) =>
  void makePhoto(data).then(
    (picture) => worker.postMessage(picture, [picture.bytes, picture.thumb]),
    () => worker.postMessage(null, []),
  )
