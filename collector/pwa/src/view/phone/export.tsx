/** What has not gone up, written into a file that only the office can open. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { APP } from '../../app.ts'
import { isWaiting } from '../../state.ts'
import { gather, NoExportKey, unsentFile, type UnsentFile } from '../../send/unsent.ts'
import { useScreen } from '../context.ts'
import { focusSoon } from '../focus.ts'
import { News, Page } from '../page.tsx'

type Done = { how: 'saved' | 'shared'; file: UnsentFile } | { how: 'no_key' | 'failed' }

const NEWS = 'export-news'

/** Pass the file on where the phone can, else save it; null where the person thought better of it. */
async function handOut({
  name,
  text,
}: Pick<UnsentFile, 'name' | 'text'>): Promise<'saved' | 'shared' | null> {
  const file = new File([text], name, { type: 'application/octet-stream' })
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file], title: name })
      return 'shared'
    } catch (fault) {
      if ((fault as Error).name === 'AbortError') return null
    }
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return 'saved'
}

/** One tap writes the file; what became of it stays on the screen. */
export function useExport(): { busy: boolean; done: Done | null; write: () => void } {
  const { app, state } = useScreen()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState<Done | null>(null)
  const run = async (): Promise<Done | null> => {
    const unsent = await gather(app.round.store, app.state())
    const file = await unsentFile(
      unsent,
      state.identity!,
      state.hello?.certificates ?? [],
      APP,
      app.round.now(),
    )
    const how = await handOut(file)
    return how && { how, file }
  }
  const write = (): void => {
    if (busy) return
    setBusy(true)
    run()
      .catch((fault: unknown): Done => {
        if (!(fault instanceof NoExportKey)) console.error(fault)
        return { how: fault instanceof NoExportKey ? 'no_key' : 'failed' }
      })
      .then((became) => {
        setDone(became)
        setBusy(false)
        if (became) focusSoon(NEWS)
      })
  }
  return { busy, done, write }
}

/** What became of the file, in words. */
export function ExportNews({ done }: { done: Done | null }) {
  const { t } = useScreen()
  if (!done) return null
  if (!('file' in done)) {
    return (
      <div id={NEWS} tabIndex={-1}>
        <News kind="bad" sign="!" head={t(`export.${done.how}`)}>
          <p>{t(`export.${done.how}_text`)}</p>
        </News>
      </div>
    )
  }
  const { name, records, drafts } = done.file
  return (
    <div id={NEWS} tabIndex={-1} role="status">
      <News kind="ok" sign="✓" head={t(`export.${done.how}`)}>
        <p>{name}</p>
        <p>{t('export.holds', { records, drafts })}</p>
        <p>{t('export.hand_on')}</p>
      </News>
    </div>
  )
}

/** The button where it is not the first thing of the screen; the words before it are the screen's own. */
export function ExportPart({ children }: { children?: ComponentChildren }) {
  const { t } = useScreen()
  const { busy, done, write } = useExport()
  return (
    <section>
      <ExportNews done={done} />
      {children}
      <button class="wide" onClick={write} aria-disabled={busy}>
        {t(busy ? 'export.busy' : 'export')}
      </button>
    </section>
  )
}

/** The receipts of all that has arrived, for whoever asks the office whether it still has it (docs/verify.md). */
function ReceiptsPart() {
  const { app, t } = useScreen()
  const [done, setDone] = useState<'saved' | 'shared' | 'none' | 'failed' | null>(null)
  const run = async (): Promise<typeof done> => {
    const receipts = await app.round.store.receipts()
    if (receipts.length === 0) return 'none'
    const day = app.round.now().toISOString().slice(0, 10)
    return handOut({ name: `mingbai-receipts-${day}.json`, text: JSON.stringify(receipts) })
  }
  return (
    <section>
      <p>{t('export.receipts.why')}</p>
      <button class="wide" onClick={() => void run().then(setDone, () => setDone('failed'))}>
        {t('export.receipts')}
      </button>
      {done && <p role="status">{t(done === 'none' ? 'export.receipts.none' : `export.${done}`)}</p>}
    </section>
  )
}

export function ExportScreen() {
  const { state, t } = useScreen()
  const { busy, done, write } = useExport()
  const records = state.records.filter(isWaiting).length
  const drafts = state.drafts.length
  return (
    <Page
      title={t('export')}
      back="#/phone/health"
      place="export"
      footer={
        <button class="pri" onClick={write} aria-disabled={busy}>
          {t(busy ? 'export.busy' : 'export.do')}
        </button>
      }
    >
      <ExportNews done={done} />
      <p class="lead">{t(records + drafts > 0 ? 'export.what' : 'export.nothing', { records, drafts })}</p>
      <p>{t('export.sealed')}</p>
      <p>{t('export.stays')}</p>
      <p>{t('export.how')}</p>
      <p>{t('export.photos')}</p>
      <ReceiptsPart />
    </Page>
  )
}
