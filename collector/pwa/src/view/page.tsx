/** The frame of every screen: heading, body, the one thing to do next at the bottom. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useScreen } from './context.ts'
import { Said } from './said.tsx'

export interface PageProps {
  title: string
  under?: string | undefined
  back?: string | undefined
  aside?: ComponentChildren
  strip?: ComponentChildren
  footer?: ComponentChildren
  nav?: 'home' | 'records' | 'help'
  /** What stands beside it where the screen is wide. */
  side?: ComponentChildren
  /** Focus goes to the heading whenever this changes, so that a screen reader says where one is. */
  place: string
  children: ComponentChildren
}

let placeBefore: string | null = null

export function Page({ title, under, back, aside, strip, footer, nav, side, place, children }: PageProps) {
  const { t } = useScreen()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t('name')}`
  }, [title])
  useEffect(() => {
    if (placeBefore !== null && placeBefore !== place) {
      scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    }
    placeBefore = place
  }, [place])
  return (
    <div class={side ? 'page desk' : 'page'}>
      <header>
        {back && (
          <a class="back" href={back}>
            <span aria-hidden="true">‹ </span>
            {t('back')}
          </a>
        )}
        <div>
          <h1 ref={heading} tabIndex={-1}>
            <Said text={title} />
          </h1>
          {under && <p>{under}</p>}
        </div>
        {aside}
      </header>
      {strip}
      {side}
      <main>{children}</main>
      {footer && <footer>{footer}</footer>}
      {nav && <Nav here={nav} />}
    </div>
  )
}

const PLACES = [
  { here: 'home', address: '#/', key: 'nav.home' },
  { here: 'records', address: '#/records', key: 'nav.records' },
  { here: 'help', address: '#/help', key: 'nav.help' },
] as const

function Nav({ here }: { here: string }) {
  const { t } = useScreen()
  return (
    <nav aria-label={t('nav')}>
      {PLACES.map((place) => (
        <a key={place.here} href={place.address} aria-current={place.here === here ? 'page' : undefined}>
          {t(place.key)}
        </a>
      ))}
    </nav>
  )
}

interface NewsProps {
  kind: 'warn' | 'ok' | 'bad' | 'plain'
  sign: string
  head: string
  children?: ComponentChildren
  act?: ComponentChildren
}

/** A piece of news that stays until it is read: sign, word and border, never colour alone. */
export function News({ kind, sign, head, children, act }: NewsProps) {
  return (
    <section class={`news ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <div>
        <b>{head}</b>
        {children}
      </div>
      {act}
    </section>
  )
}
