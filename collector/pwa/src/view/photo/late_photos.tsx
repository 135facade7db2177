/** Where photos are asked for or shown; what does it comes when it is first needed. */
import { Away, useArrived } from '../arriving.tsx'
import type { PhotosProps } from './photo_parts.tsx'

const load = async () => (await import('./photo_parts.tsx')).Photos

/** Nothing stands there meanwhile, but that it could not be loaded is said. */
export function Photos(props: PhotosProps) {
  const arriving = useArrived(load)
  return arriving.part ? <arriving.part {...props} /> : arriving.failed && <Away arriving={arriving} />
}
