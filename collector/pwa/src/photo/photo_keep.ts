/** A photo kept on this phone: on disk before anything shows it. */
import type { Photo, Picture } from '../contract.ts'
import type { Talk } from '../send/round.ts'

/** One that was here before keeps what the office has said of it. */
export async function keepPhoto({ store, state, set, now }: Talk, picture: Picture): Promise<Photo> {
  const others = state().photos.filter(({ id }) => id !== picture.id)
  const known = state().photos.find(({ id }) => id === picture.id)
  const photo: Photo = {
    id: picture.id,
    size: picture.bytes.byteLength,
    addedAt: now().toISOString(),
    sent: 0,
    done: known?.done ?? null,
    problem: null,
  }
  await store.keepPhotos([photo], picture, [])
  set({ photos: [...others, photo] })
  return photo
}
