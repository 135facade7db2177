/** A photo kept on this phone: on disk before anything shows it. */
import type { Photo, Picture } from './contract.ts'
import type { Talk } from './round.ts'

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
  await store.using(async (db) => {
    const tx = db.transaction(['photos', 'pictures'], 'readwrite', { durability: 'strict' })
    void tx.objectStore('photos').put(photo)
    void tx.objectStore('pictures').put(picture)
    await tx.done
  })
  set({ photos: [...others, photo] })
  return photo
}
