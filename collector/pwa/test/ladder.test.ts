import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAMILIES, familyOf, standing, unasked, type Family, type Features } from '../src/phone/ladder.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 13; V2218A) AppleWebKit/537.36 (KHTML, like Gecko)'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
const CHROME = `${ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36`
const SAFARI = `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`

const phone = (more: Partial<Features> = {}): Features => ({
  memory: true,
  worker: true,
  standalone: false,
  persisted: null,
  agent: CHROME,
  fingers: 5,
  ...more,
})

test('the rung is what the browser can do, whatever it calls itself', () => {
  for (const agent of [CHROME, SAFARI, `${IPHONE} MicroMessenger/8.0`, '']) {
    assert.equal(standing(phone({ agent }), true).rung, 'browser')
    assert.equal(standing(phone({ agent, standalone: true }), true).rung, 'installed')
    assert.equal(standing(phone({ agent, worker: false, standalone: true }), true).rung, 'open')
    assert.equal(standing(phone({ agent, memory: false, standalone: true }), true).rung, 'memory')
  }
})

test('every browser is shown the picture of where its own menu is', () => {
  const called: [Family, string, number?][] = [
    ['wechat', `${IPHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN`],
    [
      'wechat',
      `${ANDROID} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MicroMessenger/8.0.47`,
    ],
    ['wechat', `${WINDOWS} Chrome/107.0.0.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat`],
    ['inside', `${ANDROID} MQQBrowser/6.2 TBS/046209 Mobile Safari/537.36 V1_AND_SQ_8.9.0 QQ/8.9.0.8590`],
    ['inside', `${IPHONE} Mobile/15E148 Weibo (iPhone14,5__weibo__12.9.5__iphone__os17.5)`],
    ['inside', `${ANDROID} Chrome/100.0.0.0 Mobile Safari/537.36 AliApp(DingTalk/7.0.0)`],
    ['safari', SAFARI],
    ['safari', `${MAC} Version/17.5 Safari/605.1.15`, 5],
    ['ios', `${IPHONE} CriOS/126.0.0.0 Mobile/15E148 Safari/604.1`],
    ['chrome', CHROME],
    ['chrome', `${ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0`],
    ['xiaomi', `${ANDROID} Version/4.0 Chrome/100.0.0.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/17.5`],
    ['huawei', `${ANDROID} Chrome/99.0.0.0 HuaweiBrowser/13.0.5 Mobile Safari/537.36`],
    [
      'huawei',
      'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 Mobile',
    ],
    ['vivo', `${ANDROID} Version/4.0 Chrome/87.0.0.0 Mobile Safari/537.36 VivoBrowser/13.6`],
    ['oppo', `${ANDROID} Version/4.0 Chrome/90.0.0.0 Mobile Safari/537.36 HeyTapBrowser/45.8`],
    ['other', `${ANDROID} Version/4.0 Chrome/98.0.0.0 MQQBrowser/14.3 Mobile Safari/537.36`],
    ['other', 'Mozilla/5.0 (Android 13; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0'],
    ['computer', `${WINDOWS} Chrome/126.0.0.0 Safari/537.36`],
    ['computer', `${MAC} Version/17.5 Safari/605.1.15`, 0],
    ['computer', ''],
  ]
  for (const [family, agent, fingers = 5] of called)
    assert.equal(familyOf(phone({ agent, fingers })), family, agent)
  assert.deepEqual(new Set(called.map(([family]) => family)), new Set(FAMILIES))
})

test('each rung has one thing to do next, and the highest has none', () => {
  const wechat = `${IPHONE} MicroMessenger/8.0`
  const next = (features: Partial<Features>, enrolled: boolean) => standing(phone(features), enrolled).next
  assert.equal(next({ worker: false, agent: wechat }, false), 'open_elsewhere')
  assert.equal(next({ worker: false, agent: wechat }, true), 'hand_over')
  assert.equal(next({ worker: false }, false), 'open_elsewhere')
  assert.equal(next({ memory: false }, true), 'hand_over')
  assert.equal(next({ agent: wechat }, true), 'hand_over')
  assert.equal(next({}, true), 'install')
  assert.equal(next({ standalone: true }, true), 'nothing')
})

test('an iPhone that may clear what is kept is not called safe', () => {
  assert.equal(standing(phone({ agent: SAFARI }), true).says, 'ladder.browser_apple')
  assert.equal(standing(phone({ agent: SAFARI, persisted: true }), true).says, 'ladder.browser')
  assert.equal(standing(phone(), true).says, 'ladder.browser')
  assert.equal(standing(phone({ standalone: true, persisted: false }), true).says, 'ladder.installed_unkept')
  assert.equal(standing(phone({ standalone: true, persisted: true }), true).says, 'ladder.installed')
})

test('what is missing is said at once; the home screen only after a record, once, and never where it makes no sense', () => {
  const known = { enrolled: true, filed: 1, declined: false }
  const said = (features: Partial<Features>, more: Partial<typeof known> = {}) =>
    unasked(standing(phone(features), true), { ...known, ...more })
  assert.equal(said({ worker: false }, { enrolled: false, filed: 0 }), 'alarm')
  assert.equal(said({ memory: false }, { declined: true }), 'alarm')
  assert.equal(said({}), 'line')
  assert.equal(said({}, { filed: 0 }), null)
  assert.equal(said({}, { declined: true }), null)
  assert.equal(said({ standalone: true }), null)
  assert.equal(said({ agent: `${WINDOWS} Chrome/126.0.0.0 Safari/537.36`, fingers: 0 }), null)
  assert.equal(said({ agent: SAFARI }, { enrolled: false }), 'tip')
  assert.equal(said({}, { enrolled: false }), null)
})
