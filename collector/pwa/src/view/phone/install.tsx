/** How the app gets on the home screen: what works here now, then three steps for this browser or another. */
import { useState } from 'preact/hooks'
import { groupedCode } from '../../phone/enrol.ts'
import { offered } from '../../phone/install.ts'
import { FAMILIES, type Family } from '../../phone/ladder.ts'
import { useScreen } from '../context.ts'
import { CopyLink, linkHere } from './copy_link.tsx'
import { Guide } from './guide.tsx'
import { News, Page } from '../page.tsx'
import { useStanding } from './standing.ts'

const ANDROID: ReadonlySet<Family> = new Set(['chrome', 'xiaomi', 'huawei', 'vivo', 'oppo', 'other'])
const APPLE: ReadonlySet<Family> = new Set(['safari', 'ios'])

export function InstallScreen() {
  const { state, t } = useScreen()
  const here = useStanding()
  const [family, setFamily] = useState(here.family)
  const [offer, setOffer] = useState<'none' | 'there' | 'taken'>(offered.offer ? 'there' : 'none')
  const take = async (): Promise<void> => {
    const { offer: taken } = offered
    delete offered.offer
    await taken?.prompt()
    setOffer((await taken?.userChoice)?.outcome === 'accepted' ? 'taken' : 'none')
  }
  const inside = family === 'wechat' || family === 'inside'
  return (
    <Page
      title={t('install.title')}
      back="#/"
      place="install"
      {...(offer === 'there'
        ? {
            footer: (
              <button class="pri" onClick={() => void take()}>
                {t('install.now')}
              </button>
            ),
          }
        : {})}
    >
      {here.rung === 'installed' || offer === 'taken' ? (
        <News kind="ok" sign="✓" head={t('install.done')}>
          <p>{t(here.rung === 'installed' ? here.says : 'install.from_there')}</p>
        </News>
      ) : (
        <p class="lead">{t(here.says)}</p>
      )}
      <div class="field">
        <label for="family">{t('install.which')}</label>
        <select
          id="family"
          value={family}
          onChange={({ currentTarget }) => setFamily(currentTarget.value as Family)}
        >
          {FAMILIES.map((each) => (
            <option key={each} value={each}>
              {t(`install.name.${each}`)}
            </option>
          ))}
        </select>
      </div>
      <Guide family={family} />
      {inside && !here.enrolled && <CopyLink link={linkHere(state.invitation)} />}
      {ANDROID.has(family) && <p>{t('install.android')}</p>}
      {APPLE.has(family) && <p>{t(here.enrolled ? 'install.apple' : 'install.apple_first')}</p>}
      {APPLE.has(family) && state.invitation && !here.enrolled && (
        <p class="code">{groupedCode(state.invitation.code)}</p>
      )}
      {here.enrolled && (inside || APPLE.has(family)) && (
        <a class="button wide" href="#/handover">
          {t(inside ? 'handover.another' : 'install.code')}
        </a>
      )}
    </Page>
  )
}
