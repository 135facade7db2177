/** What this phone remembers while the page is open, where the browser keeps nothing: the store's promises but one. */
import type { Chain, Draft, Filed, Form, Head, Photo, Picture, RefList } from '../contract.ts'
import type { Receipt } from '../office.ts'
import { standsAgainst, type Memory, type Meta, type Store } from './store.ts'

/** Memory that ends with the page. The keys live in it too, so that opening the page again means enrolling again. */
export function openMemoryStore(): Store {
  const meta = new Map<string, unknown>()
  const drafts = new Map<string, Draft>()
  const records = new Map<string, Filed>()
  const outbox = new Set<string>()
  const heads = new Map<Chain, Head>()
  const forms = new Map<string, Form>()
  const refs = new Map<string, RefList>()
  const photos = new Map<string, Photo>()
  const pictures = new Map<string, Picture>()
  const receipts: Receipt[] = []

  const putMeta = (more: Partial<Meta>): void =>
    Object.entries(more).forEach(([name, value]) => void meta.set(name, value))

  const headOf = (chain: Chain): Head => heads.get(chain) ?? { chain, seq: 0, digest: null }

  return {
    lasting: false,

    readAll: async (): Promise<Memory> => ({
      meta: Object.fromEntries(meta) as Partial<Meta>,
      drafts: [...drafts.values()],
      records: [...records.values()],
      heads: [...heads.values()],
      forms: [...forms.values()],
      refs: [...refs.values()],
      photos: [...photos.values()],
    }),

    meta: async <Name extends keyof Meta>(name: Name) => meta.get(name) as Meta[Name] | undefined,

    putMeta: async (more) => putMeta(more),

    deleteMeta: async (name) => void meta.delete(name),

    forgetHeads: async () => heads.clear(),

    putDraft: async (draft, over = Infinity) => {
      const stands = records.has(draft.id) ? 'filed' : standsAgainst(drafts.get(draft.id), over)
      if (!stands) drafts.set(draft.id, draft)
      return stands
    },

    deleteDraft: async (id) => void drafts.delete(id),

    head: async (chain) => headOf(chain),

    file: async (record) => {
      const { chain, seq, digest } = record.signed
      if (headOf(chain).seq !== seq - 1) return false
      records.set(record.id, record)
      outbox.add(record.id)
      heads.set(chain, { chain, seq, digest })
      drafts.delete(record.id)
      return true
    },

    record: async (id) => records.get(id),

    waiting: async () =>
      [...outbox]
        .flatMap((id) => records.get(id) ?? [])
        .sort((a, b) => (a.signed?.seq ?? 0) - (b.signed?.seq ?? 0) || (a.id < b.id ? -1 : 1)),

    settle: async (settled, proof) => {
      if (proof) receipts.push(proof.receipt)
      for (const record of settled) {
        if (record.delivery.at === 'waiting' && !outbox.has(record.id)) continue
        records.set(record.id, record)
        if (record.delivery.at === 'delivered') outbox.delete(record.id)
      }
    },

    receipts: async () => receipts,

    sendAgain: async (again) => {
      for (const record of again) {
        records.set(record.id, { ...record, delivery: { at: 'waiting', tries: 0, said: null } })
        outbox.add(record.id)
      }
    },

    putForms: async (fresh, tag) => {
      for (const form of fresh) forms.set(form.version, form)
      putMeta({ kinds: fresh.map(({ version }) => version), formsTag: tag })
    },

    putRefs: async (list) => refs.set(list.kind, list),

    picture: async (id) => pictures.get(id),

    keepPhotos: async (noted, picture, forget) => {
      for (const photo of noted) photos.set(photo.id, photo)
      if (picture) pictures.set(picture.id, picture)
      for (const id of forget) {
        photos.delete(id)
        pictures.delete(id)
      }
    },

    close: () => undefined,
  }
}
