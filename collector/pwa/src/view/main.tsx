import { render, type JSX } from 'preact'
import { createApp } from '../app.ts'
import { invitationIn } from '../enrol.ts'
import { keepOffer } from '../install.ts'
import { readSettings, wear } from '../settings.ts'
import { openStore } from '../store.ts'
import { createOffice } from '../sync.ts'
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
await loadWords(settings.lang).catch(() => undefined)

/** What stood there until the app was there goes with the first thing drawn. */
function draw(what: JSX.Element): void {
  place.replaceChildren()
  render(what, place)
}

try {
  const app = await createApp({
    store: await openStore(),
    office: createOffice(),
    storage: storage(),
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
      <h1>{say(settings.lang, 'app.no_memory.head')}</h1>
      <p>{say(settings.lang, 'app.no_memory.text')}</p>
    </main>,
  )
}
