/** A part of the app that comes when it is first needed. It is kept with the rest, so it also comes with no network. */
import type { ComponentType, JSX } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { useScreen } from './context.ts'
import { News, Page } from './page.tsx'

export interface Arriving<Props> {
  part: ComponentType<Props> | null
  failed: boolean
  again: () => void
}

type Load<Props> = () => Promise<ComponentType<Props>>

/** What has arrived stands at once the next time, with no word of waiting in between. */
const here = new Map<unknown, unknown>()

/** Fetch a part before somebody asks for it. That it does not come is told when it is asked for. */
export const fetchEarly = <Props,>(load: Load<Props>): Promise<unknown> =>
  load().then(
    (part) => here.set(load, part),
    () => undefined,
  )

export function useArrived<Props>(load: Load<Props>): Arriving<Props> {
  const [part, setPart] = useState(() => (here.get(load) as ComponentType<Props> | undefined) ?? null)
  const [failed, setFailed] = useState(false)
  const again = (): void => {
    setFailed(false)
    load().then(
      (arrived) => {
        here.set(load, arrived)
        setPart(() => arrived)
      },
      () => setFailed(true),
    )
  }
  useEffect(again, [load])
  return { part, failed, again }
}

interface LateProps<Props> {
  load: Load<Props>
  title: string
  props: Props & JSX.IntrinsicAttributes
  /** What stands there meanwhile, where there is something better than waiting. */
  meanwhile?: JSX.Element
}

/** A whole screen that comes when it is first needed. */
export function LateScreen<Props>({ load, title, props, meanwhile }: LateProps<Props>) {
  const arriving = useArrived(load)
  if (arriving.part) return <arriving.part {...props} />
  if (meanwhile && !arriving.failed) return meanwhile
  return (
    <Page title={title} back="#/" place="arriving">
      <Away arriving={arriving} />
    </Page>
  )
}

const news = () => import('./late_news.ts')

/** News that there is only at times; while it comes, nothing stands there. */
export function LateNews({ name }: { name: keyof Awaited<ReturnType<typeof news>> }) {
  const load = useCallback(async () => (await news())[name], [name])
  const { part: Part } = useArrived(load)
  return Part && <Part />
}

/** A part of a screen that comes when it is first needed. */
export function LatePart<Props>({ load, props, meanwhile }: Omit<LateProps<Props>, 'title'>) {
  const { part: Part } = useArrived(load)
  return Part ? <Part {...props} /> : (meanwhile ?? null)
}

export function Away({ arriving }: { arriving: Pick<Arriving<never>, 'failed' | 'again'> }) {
  const { t } = useScreen()
  if (!arriving.failed) return <p role="status">{t('arriving')}</p>
  return (
    <News
      kind="bad"
      sign="!"
      head={t('arriving.failed')}
      act={<button onClick={arriving.again}>{t('arriving.again')}</button>}
    />
  )
}
