/** Help: size of the letters, what each word means, and the way to how this phone is doing. */
import type { Lang } from '../../contract.ts'
import { SIZES } from '../../settings.ts'
import { useScreen } from '../context.ts'
import { LEVELS, LevelTag } from '../level.tsx'
import { Page } from '../page.tsx'

const LANGS: { lang: Lang; name: string }[] = [
  { lang: 'zh', name: '中文' },
  { lang: 'en', name: 'English' },
]

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
      <section>
        <h2>{t('help.phone')}</h2>
        <a class="button wide" href="#/phone/health">
          {t('help.health')}
        </a>
        {enrolled && (
          <a class="button wide" href="#/phone/pin">
            {t('help.pin')}
          </a>
        )}
      </section>
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
