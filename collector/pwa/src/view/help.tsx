/** Help: size of the letters, what each word means, and how this phone is doing. */
import { useEffect, useState } from 'preact/hooks'
import { APP } from '../app.ts'
import type { Lang } from '../contract.ts'
import { SIZES } from '../settings.ts'
import { isWaiting } from '../state.ts'
import { useScreen } from './context.ts'
import { LEVELS, LevelTag } from './level.tsx'
import { Page } from './page.tsx'

const LANGS: { lang: Lang; name: string }[] = [
  { lang: 'zh', name: '中文' },
  { lang: 'en', name: 'English' },
]
const SKEWED_MS = 5 * 60_000

export function HelpScreen() {
  const { state, t } = useScreen()
  const enrolled = state.identity !== null && state.identity.state !== 'pending'
  return (
    <Page title={t('nav.help')} place="help" {...(enrolled ? { nav: 'help' as const } : { back: '#/' })}>
      <Reading />
      <section>
        <h2>{t('help.words')}</h2>
        <dl class="meanings">
          {LEVELS.map((level) => (
            <div key={level}>
              <dt>
                <LevelTag level={level} />
              </dt>
              <dd>{t(`means.${level}`)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2>{t('help.how')}</h2>
        <p>{t('help.how_kept')}</p>
        <p>
          {t('help.how_home')} <a href="#/install">{t('help.install')}</a>
        </p>
        {enrolled && (
          <p>
            {t('help.how_move')} <a href="#/handover">{t('help.handover')}</a>
          </p>
        )}
        <p>{t('help.how_wrong')}</p>
      </section>
      <Health />
    </Page>
  )
}

function Reading() {
  const { settings, setSettings, t } = useScreen()
  return (
    <section>
      <fieldset class="field sizes">
        <legend>{t('help.size')}</legend>
        {SIZES.map((size) => (
          <label key={size} class={size === settings.size ? 'option on' : 'option'}>
            <input
              type="radio"
              name="size"
              checked={size === settings.size}
              onChange={() => setSettings({ ...settings, size })}
            />
            {t(`help.size.${size}`)}
          </label>
        ))}
      </fieldset>
      <fieldset class="field">
        <legend>{t('help.lang')}</legend>
        {LANGS.map(({ lang, name }) => (
          <label
            key={lang}
            class={lang === settings.lang ? 'option on' : 'option'}
            lang={lang === 'zh' ? 'zh-CN' : 'en'}
          >
            <input
              type="radio"
              name="lang"
              checked={lang === settings.lang}
              onChange={() => setSettings({ ...settings, lang })}
            />
            {name}
          </label>
        ))}
      </fieldset>
    </section>
  )
}

/** What a clerk asks about on the telephone. */
function Health() {
  const { state, t } = useScreen()
  const [free, setFree] = useState<number | null>(null)
  useEffect(() => {
    void navigator.storage
      ?.estimate?.()
      .then(({ quota = 0, usage = 0 }) => setFree(Math.floor((quota - usage) / 1e6)))
  }, [])
  const unsent = state.records.filter(isWaiting).length
  const ahead =
    state.hello && state.heardAt ? Date.parse(state.heardAt) - Date.parse(state.hello.server_time) : 0
  const rows: [string, string][] = [
    [
      'who',
      state.identity ? `${state.identity.person.name} · ${state.identity.person.code}` : t('health.nobody'),
    ],
    ['unsent', t('health.count', { count: unsent })],
    ['drafts', t('health.count', { count: state.drafts.length })],
    ['kept', t(state.persisted ? 'health.kept_yes' : 'health.kept_no')],
    ['alone', t(navigator.serviceWorker?.controller ? 'health.alone_yes' : 'health.alone_no')],
    ['app', t('health.app_number', { number: APP, oldest: state.hello?.oldest_app ?? APP })],
  ]
  if (free !== null) rows.push(['free', t('health.free_mb', { count: free })])
  if (Math.abs(ahead) > SKEWED_MS)
    rows.push(['clock', t('health.clock_off', { minutes: Math.round(Math.abs(ahead) / 60_000) })])
  return (
    <section>
      <h2>{t('health')}</h2>
      <dl>
        {rows.map(([key, value]) => (
          <div key={key}>
            <dt>{t(`health.${key}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
