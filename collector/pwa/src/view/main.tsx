import { render, type JSX } from 'preact'
import { createApp } from '../app.ts'
import { invitationIn } from '../phone/enrol.ts'
import { keepOffer } from '../phone/install.ts'
import { readSettings, wear } from '../settings.ts'
import { openStore } from '../keep/store.ts'
import { createOffice } from '../send/sync.ts'
import { loadWords, say } from '../words.ts'
import { Root } from './root.tsx'

const place = document.getElementById('app')!

function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

const settings = readSettings(storage(), navigator.languages)
wear(document.documentElement, settings)
keepOffer()
const opening = openStore()
opening.catch(() => undefined)
await loadWords(settings.lang).catch(() => undefined)

/** What stood there until the app was there goes with the first thing drawn. */
function draw(what: JSX.Element): void {
  place.replaceChildren()
  render(what, place)
}

try {
  const store = await opening.catch(async () => (await import('../keep/memory_store.ts')).openMemoryStore())
  const app = await createApp({
    store,
    office: createOffice(),
    // Without memory there is nothing for a note to watch over.
    storage: store.lasting ? storage() : undefined,
    browser: navigator,
  })
  const take = async (): Promise<void> => {
    const invitation = invitationIn(location.hash)
    if (!invitation) return
    history.replaceState(null, '', '#/')
    const { identity, invitation: kept } = app.state()
    const keys = kept?.code === invitation.code ? kept.keys : null
    if (!identity) await app.keepInvitation({ ...invitation, keys })
  }
  await take()
  addEventListener('hashchange', () => void take())
  draw(<Root app={app} storage={storage()} settings={settings} />)
} catch (fault) {
  console.error(fault)
  draw(
    <main class="page alone">
      <h1>{say(settings.lang, 'app.arriving.failed')}</h1>
    </main>,
  )
}
