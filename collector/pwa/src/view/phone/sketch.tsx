/** A phone in a few lines, with a ring around what to tap. The words beside it say the same, so nobody has to see it. */
import type { JSX } from 'preact'

export type Scene =
  | 'dots_above'
  | 'upright_above'
  | 'share_above'
  | 'share_below'
  | 'lines_below'
  | 'menu_globe'
  | 'menu_plus'
  | 'page'
  | 'home'

const WIDTH = 80
const HEIGHT = 120

export function Sketch({ scene }: { scene: Scene }) {
  return (
    <svg class="sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <rect class="case" x="3" y="3" width="74" height="114" rx="9" />
      {SCENES[scene]}
    </svg>
  )
}

const TOP = { x: 64, y: 17 }
const BELOW = { x: 40, y: 104 }

const Bar = ({ y }: { y: number }) => <path class="hair" d={`M3 ${y}H77`} />

/** Lines of text on the page. */
const Page = ({ from, lines }: { from: number; lines: number }) => (
  <>
    {Array.from({ length: lines }, (_, at) => (
      <path key={at} class="text" d={`M12 ${from + at * 11}H${at % 3 === 2 ? 44 : 68}`} />
    ))}
  </>
)

const Ring = ({ x, y, children }: { x: number; y: number; children: JSX.Element }) => (
  <g transform={`translate(${x} ${y})`}>
    <circle class="ring" r="11" />
    {children}
  </g>
)

const dots = (upright: boolean): JSX.Element => (
  <>
    {[-5, 0, 5].map((at) => (
      <circle key={at} class="dot" cx={upright ? 0 : at} cy={upright ? at : 0} r="1.8" />
    ))}
  </>
)
const share = <path class="glyph" d="M-4 -1H-5V6H5V-1H4M0 3V-7M-3.5 -4L0 -7.5L3.5 -4" />
const lines = <path class="glyph" d="M-5 -4H5M-5 0H5M-5 4H5" />
const globe = (
  <path class="glyph" d="M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0M-6 0H6M0 -6C4 -3 4 3 0 6M0 -6C-4 -3 -4 3 0 6" />
)
const plus = <path class="glyph" d="M-6 -6H6V6H-6ZM0 -3V3M-3 0H3" />

const above = (glyph: JSX.Element): JSX.Element => (
  <>
    <Bar y={31} />
    <Page from={46} lines={6} />
    <Ring {...TOP}>{glyph}</Ring>
  </>
)
const below = (glyph: JSX.Element): JSX.Element => (
  <>
    <Bar y={90} />
    <Page from={18} lines={6} />
    <Ring {...BELOW}>{glyph}</Ring>
  </>
)

/** A menu from below, the row with this sign ringed. */
const menu = (glyph: JSX.Element): JSX.Element => (
  <>
    <Page from={16} lines={2} />
    <path class="sheet" d="M3 40H77V108A9 9 0 0 1 68 117H12A9 9 0 0 1 3 108Z" />
    <path class="text" d="M14 52H58M14 104H52" />
    <rect class="ring" x="8" y="64" width="64" height="26" rx="8" />
    <g transform="translate(22 77)">{glyph}</g>
    <path class="strong" d="M36 77H62" />
  </>
)

const home = (
  <>
    {[0, 1, 2, 3, 4, 5].map((at) => (
      <rect
        key={at}
        class="app"
        x={12 + (at % 3) * 20}
        y={18 + Math.floor(at / 3) * 22}
        width="14"
        height="14"
        rx="4"
      />
    ))}
    <g transform="translate(40 80)">
      <rect class="ours" x="-10" y="-10" width="20" height="20" rx="5" />
      <path class="tick" d="M-5 0L-1 4L5 -4" />
      <circle class="ring" r="18" />
    </g>
  </>
)

const page = (
  <>
    <path class="ours" d="M3 30V12A9 9 0 0 1 12 3H68A9 9 0 0 1 77 12V30Z" />
    <Page from={46} lines={4} />
    <rect class="ours" x="12" y="94" width="56" height="14" rx="4" />
  </>
)

const SCENES: Record<Scene, JSX.Element> = {
  dots_above: above(dots(false)),
  upright_above: above(dots(true)),
  share_above: above(share),
  share_below: below(share),
  lines_below: below(lines),
  menu_globe: menu(globe),
  menu_plus: menu(plus),
  page,
  home,
}
