/** A link to take along: by one tap where the clipboard is open, else in a field to select. */
import { useRef, useState } from 'preact/hooks'
import type { Invitation } from '../../contract.ts'
import { useScreen } from '../context.ts'

/** The address of the app, with the invitation where there is one. */
export function linkHere(invitation: Invitation | null): string {
  const { origin } = location
  if (!invitation) return `${origin}/`
  const said = new URLSearchParams({ e: invitation.code })
  if (invitation.fingerprint) said.set('k', invitation.fingerprint)
  return `${origin}/#${said.toString()}`
}

export type Copied = 'no' | 'copied' | 'shown'

export function useCopy(text: string): { copied: Copied; copy: () => void } {
  const [copied, setCopied] = useState<Copied>('no')
  const copy = (): void =>
    void Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => setCopied('copied'),
        () => setCopied('shown'),
      )
  return { copied, copy }
}

export function CopyLink({ link }: { link: string }) {
  const { t } = useScreen()
  const { copied, copy } = useCopy(link)
  return (
    <>
      <button class="wide" onClick={copy}>
        {t('ladder.copy')}
      </button>
      <CopySaid copied={copied} link={link} />
    </>
  )
}

/** Whether it was copied; where the browser does not let us, the link itself, selected. */
export function CopySaid({ copied, link }: { copied: Copied; link: string }) {
  const { t } = useScreen()
  const field = useRef<HTMLInputElement>(null)
  const select = (): void => field.current?.select()
  if (copied === 'shown') requestAnimationFrame(select)
  return (
    <>
      <p role="status">
        {copied === 'copied' ? t('ladder.copied') : copied === 'shown' ? t('ladder.select') : ''}
      </p>
      {copied === 'shown' && (
        <input ref={field} readOnly value={link} aria-label={t('ladder.link')} onFocus={select} />
      )}
    </>
  )
}
