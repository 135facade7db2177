/** What this phone remembers. The only file that touches IndexedDB. */
import { openDB, type DBSchema, type IDBPDatabase, type StoreNames } from 'idb'
import type {
  Chain,
  Draft,
  Filed,
  Form,
  Head,
  Identity,
  Invitation,
  Photo,
  Picture,
  RefList,
} from '../contract.ts'
import type { Desk, Hello, Receipt, Work } from '../office.ts'
import type { Pin, PinTries } from '../phone/pin.ts'
import type { Back } from './tripwire.ts'

/** Single things by name. */
export interface Meta {
  identity: Identity
  invitation: Invitation
  hello: Hello
  kinds: string[]
  formsTag: string
  cursor: string
  safe: number
  /** When the office was last asked and had every photo in its second copy, by this phone's clock. */
  safePhotosAt: string
  work: Work
  /** When the office last said how its list stands, also where that was the same as before. */
  workAt: string
  /** When the office was last heard, by this phone's clock. */
  heardAt: string
  pin: Pin | null
  pinTries: PinTries
  /** What was kept aside, for a clerk to decide, and when the office said so. */
  desk: Desk
  deskAt: string
  /** Up to which count of changes the office has a private copy of each draft. */
  copies: Record<string, number>
  back: Back
}

interface Tables extends DBSchema {
  meta: { key: string; value: unknown }
  drafts: { key: string; value: Draft }
  records: { key: string; value: Filed }
  outbox: { key: string; value: { id: string } }
  heads: { key: string; value: Head }
  forms: { key: string; value: Form }
  refs: { key: string; value: RefList }
  receipts: { key: string; value: { batch: string; receipt: Receipt } }
  photos: { key: string; value: Photo }
  pictures: { key: string; value: Picture }
}

/** Everything there is, read once at start. */
export interface Memory {
  meta: Partial<Meta>
  drafts: Draft[]
  records: Filed[]
  heads: Head[]
  forms: Form[]
  refs: RefList[]
  photos: Photo[]
}

const STRICT: IDBTransactionOptions = { durability: 'strict' }
const KEYS: Record<Exclude<StoreNames<Tables>, 'meta'>, string> = {
  drafts: 'id',
  records: 'id',
  outbox: 'id',
  heads: 'chain',
  forms: 'version',
  refs: 'kind',
  receipts: 'batch',
  photos: 'id',
  pictures: 'id',
}

const open = (name: string, onClosed: () => void): Promise<IDBPDatabase<Tables>> =>
  openDB<Tables>(name, 2, {
    // Whatever an older app has kept stays; what it did not know yet is added.
    upgrade(db) {
      const there = db.objectStoreNames
      if (!there.contains('meta')) db.createObjectStore('meta')
      for (const [table, keyPath] of Object.entries(KEYS) as [keyof typeof KEYS, string][])
        if (!there.contains(table)) db.createObjectStore(table, { keyPath })
    },
    blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
    terminated: onClosed,
  })

/** The draft that another tab has written since one was seen; one that was given up stands against nothing. */
export const standsAgainst = (there: Draft | undefined, over: number): Draft | null =>
  there && !there.dropped && (there.n ?? 0) > over ? there : null

export type Store = Awaited<ReturnType<typeof openStore>>

/** Open the phone's memory; where the browser closes the connection in the background, it is opened again. */
export async function openStore(name = 'mingbai') {
  let db: IDBPDatabase<Tables> | null = null
  const connect = async (): Promise<IDBPDatabase<Tables>> =>
    (db ??= await open(name, () => {
      db = null
    }))

  async function using<T>(work: (db: IDBPDatabase<Tables>) => Promise<T>): Promise<T> {
    try {
      return await work(await connect())
    } catch (fault) {
      if ((fault as Error)?.name !== 'InvalidStateError') throw fault
      db = null
      return work(await connect())
    }
  }

  await connect()
  return {
    /** Whether it is still there after the page is closed. */
    lasting: true as boolean,

    readAll: (): Promise<Memory> =>
      using(async (db) => {
        const tx = db.transaction(['meta', 'drafts', 'records', 'heads', 'forms', 'refs', 'photos'])
        const meta = tx.objectStore('meta')
        const [names, values, drafts, records, heads, forms, refs, photos] = await Promise.all([
          meta.getAllKeys(),
          meta.getAll(),
          tx.objectStore('drafts').getAll(),
          tx.objectStore('records').getAll(),
          tx.objectStore('heads').getAll(),
          tx.objectStore('forms').getAll(),
          tx.objectStore('refs').getAll(),
          tx.objectStore('photos').getAll(),
        ])
        const pairs = names.map((name, at) => [name, values[at]])
        return {
          meta: Object.fromEntries(pairs) as Partial<Meta>,
          drafts,
          records,
          heads,
          forms,
          refs,
          photos,
        }
      }),

    meta: <Name extends keyof Meta>(name: Name): Promise<Meta[Name] | undefined> =>
      using((db) => db.get('meta', name) as Promise<Meta[Name] | undefined>),

    putMeta: (meta: Partial<Meta>): Promise<void> =>
      using(async (db) => {
        const tx = db.transaction('meta', 'readwrite', STRICT)
        for (const [name, value] of Object.entries(meta)) void tx.store.put(value, name)
        await tx.done
      }),

    deleteMeta: (name: keyof Meta): Promise<void> => using((db) => db.delete('meta', name)),

    /** Keys that are new begin chains of their own. */
    forgetHeads: (): Promise<void> => using((db) => db.clear('heads')),

    /**
     * Write a draft over the one that was seen here last. What another tab has written since then stands, and so
     * does a record that it has become: that is returned, and nothing is written.
     */
    putDraft: (draft: Draft, over = Infinity): Promise<Draft | 'filed' | null> =>
      using(async (db) => {
        const tx = db.transaction(['drafts', 'records'], 'readwrite')
        const there = await tx.objectStore('drafts').get(draft.id)
        const filed = await tx.objectStore('records').getKey(draft.id)
        const stands = filed ? 'filed' : standsAgainst(there, over)
        await Promise.all([!stands && tx.objectStore('drafts').put(draft), tx.done])
        return stands
      }),

    deleteDraft: (id: string): Promise<void> => using((db) => db.delete('drafts', id)),

    head: (chain: Chain): Promise<Head> =>
      using(async (db) => (await db.get('heads', chain)) ?? { chain, seq: 0, digest: null }),

    /**
     * Keep a signed record, put it in line, move its chain on and drop its draft: all or nothing.
     * False when the chain has moved since the record was signed, so that it must be signed again.
     */
    file: (record: Filed & { signed: NonNullable<Filed['signed']> }): Promise<boolean> =>
      using(async (db) => {
        const { chain, seq, digest } = record.signed
        const tx = db.transaction(['records', 'outbox', 'heads', 'drafts'], 'readwrite', STRICT)
        const last = (await tx.objectStore('heads').get(chain))?.seq ?? 0
        if (last !== seq - 1) {
          await tx.done
          return false
        }
        void tx.objectStore('records').put(record)
        void tx.objectStore('outbox').put({ id: record.id })
        void tx.objectStore('heads').put({ chain, seq, digest })
        void tx.objectStore('drafts').delete(record.id)
        await tx.done
        return true
      }),

    record: (id: string): Promise<Filed | undefined> => using((db) => db.get('records', id)),

    /** Records that no verified receipt names yet, oldest of each chain first. */
    waiting: (): Promise<Filed[]> =>
      using(async (db) => {
        const tx = db.transaction(['outbox', 'records'])
        const ids = await tx.objectStore('outbox').getAllKeys()
        const records = await Promise.all(ids.map((id) => tx.objectStore('records').get(id)))
        return records
          .filter((record) => record !== undefined)
          .sort((a, b) => (a.signed?.seq ?? 0) - (b.signed?.seq ?? 0) || (a.id < b.id ? -1 : 1))
      }),

    /**
     * Write how far records have come, with the receipt that proves it; those that arrived leave the line, and
     * a tab that knows less never puts one back into it.
     */
    settle: (records: Filed[], proof: { batch: string; receipt: Receipt } | null): Promise<void> =>
      using(async (db) => {
        const tx = db.transaction(['records', 'outbox', 'receipts'], 'readwrite', STRICT)
        for (const record of records) {
          if (record.delivery.at === 'waiting' && !(await tx.objectStore('outbox').getKey(record.id)))
            continue
          void tx.objectStore('records').put(record)
          if (record.delivery.at === 'delivered') void tx.objectStore('outbox').delete(record.id)
        }
        if (proof) void tx.objectStore('receipts').put(proof)
        await tx.done
      }),

    /** Every receipt that ever came, as it came: what the office can be held to. */
    receipts: (): Promise<Receipt[]> =>
      using(async (db) => (await db.getAll('receipts')).map(({ receipt }) => receipt)),

    /** Put records back in line, after the office had to go back to a backup: the same again does no harm. */
    sendAgain: (records: Filed[]): Promise<void> =>
      using(async (db) => {
        const tx = db.transaction(['records', 'outbox'], 'readwrite', STRICT)
        for (const record of records) {
          void tx.objectStore('records').put({ ...record, delivery: { at: 'waiting', tries: 0, said: null } })
          void tx.objectStore('outbox').put({ id: record.id })
        }
        await tx.done
      }),

    putForms: (forms: Form[], tag: string): Promise<void> =>
      using(async (db) => {
        const tx = db.transaction(['forms', 'meta'], 'readwrite')
        for (const form of forms) void tx.objectStore('forms').put(form)
        void tx.objectStore('meta').put(
          forms.map((form) => form.version),
          'kinds',
        )
        void tx.objectStore('meta').put(tag, 'formsTag')
        await tx.done
      }),

    putRefs: (list: RefList): Promise<unknown> => using((db) => db.put('refs', list)),

    /** For what stands in files of its own and comes later. */
    picture: (id: string): Promise<Picture | undefined> => using((db) => db.get('pictures', id)),

    /** Write how far photos have come, keep a new one's bytes, and forget others whole. */
    keepPhotos: (photos: Photo[], picture: Picture | null, forget: string[]): Promise<void> =>
      using(async (db) => {
        const tx = db.transaction(['photos', 'pictures'], 'readwrite', STRICT)
        for (const photo of photos) void tx.objectStore('photos').put(photo)
        if (picture) void tx.objectStore('pictures').put(picture)
        for (const id of forget) {
          void tx.objectStore('photos').delete(id)
          void tx.objectStore('pictures').delete(id)
        }
        await tx.done
      }),

    close: (): void => db?.close(),
  }
}
