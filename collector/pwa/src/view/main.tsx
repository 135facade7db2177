import { render } from 'preact'
import { createApp } from '../app.ts'
import { invitationIn } from '../enrol.ts'
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
await loadWords(settings.lang).catch(() => undefined)

try {
  const store = await openStore().catch(async () => (await import('../memory_store.ts')).openMemoryStore())
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
    if (!app.state().identity) await app.keepInvitation(invitation)
  }
  await take()
  addEventListener('hashchange', () => void take())
  render(<Root app={app} storage={storage()} settings={settings} />, place)
} catch (fault) {
  console.error(fault)
  render(
    <main class="page alone">
      <h1>{say(settings.lang, 'app.arriving.failed')}</h1>
    </main>,
    place,
  )
}
