/** The office's private copies of drafts, as collector/drafts.py keeps them, for the fake office. */
import type { FakeOffice } from './office.ts'

export interface KeptDraft {
  n: number
  /** Null where it was given up. */
  text: string | null
  device: string
}

export interface Shelf {
  drafts: Map<string, KeptDraft>
  /** Ids of records: a draft of such an id has been filed. */
  filed: Set<string>
  /** What was asked of drafts, in order. */
  asked: string[]
  /** Instead of an answer to a PUT, by id. */
  refuse: Map<string, number>
}

/** Let an office keep drafts. */
export function keepsDrafts(office: FakeOffice): Shelf {
  const shelf: Shelf = { drafts: new Map(), filed: new Set(), asked: [], refuse: new Map() }
  const before = office.ask
  office.ask = (async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const path = String(input).replace('/api/v1', '')
    if (!path.startsWith('/draft')) return before(input, init)
    const instead = office.instead(path)
    if (instead === null) throw new TypeError('Failed to fetch')
    if (instead) return instead
    shelf.asked.push(`${init.method} ${path}`)
    const device = new Headers(init.headers).get('Mingbai-Device') ?? ''
    return answer(shelf, path.replace(/^\/drafts?\/?/, ''), device, init)
  }) as typeof fetch
  return shelf
}

async function answer(shelf: Shelf, id: string, device: string, init: RequestInit): Promise<Response> {
  const told = (id: string, { n, text, device: by }: KeptDraft) => ({ id, n, here: by === device, text })
  if (id === '') {
    const listed = [...shelf.drafts].filter(([id, { text }]) => text !== null && !shelf.filed.has(id))
    return Response.json({ drafts: listed.map(([id, kept]) => ({ ...told(id, kept), text: undefined })) })
  }
  const there = shelf.drafts.get(id)
  if (init.method === 'GET') {
    if (!there || there.text === null || shelf.filed.has(id)) return problem(404)
    return Response.json(told(id, there))
  }
  if (init.method === 'DELETE') {
    if (there) shelf.drafts.set(id, { ...there, text: null })
    return Response.json({ id, state: 'gone' })
  }
  const refused = shelf.refuse.get(id)
  if (refused) return problem(refused)
  const { n, text } = (await new Response(await unpacked(init)).json()) as { n: number; text: string }
  if (shelf.filed.has(id)) return Response.json({ id, n, state: 'filed' })
  if (there && (n < there.n || (n === there.n && text !== there.text)))
    return Response.json({ id, n: there.n, state: 'older' })
  shelf.drafts.set(id, { n, text, device })
  return Response.json({ id, n, state: 'kept' })
}

const problem = (status: number): Response =>
  Response.json(
    { title: 'no', detail: '不行', errors: [{ pointer: '', say: { zh: '这份草稿太长', en: 'too long' } }] },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )

async function unpacked(init: RequestInit): Promise<BodyInit> {
  const body = init.body as BodyInit
  if (new Headers(init.headers).get('Content-Encoding') !== 'gzip') return body
  return new Response(new Response(body).body!.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
}
