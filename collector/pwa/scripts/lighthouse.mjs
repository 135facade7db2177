// node scripts/lighthouse.mjs ADDRESS...: Lighthouse's scores of a running collector, as rows for docs/benchmarks.md.
// Lighthouse is not in the lock file: its two hundred packages are fetched by npx when this is run, and kept nowhere
// here. LIGHTHOUSE names one that is there already, CHROME_PATH the browser. Phone, slow network: its own defaults.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GOALS = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 }
const FIGURES = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
]
const FLAGS = '--headless=new --no-sandbox --disable-gpu --no-first-run'
const [program, ...first] = process.env.LIGHTHOUSE
  ? [process.env.LIGHTHOUSE]
  : ['npx', '--yes', 'lighthouse@13']

function report(address) {
  const folder = mkdtempSync(join(tmpdir(), 'lighthouse-'))
  const path = join(folder, 'report.json')
  const asked = ['--quiet', '--output=json', `--output-path=${path}`, `--chrome-flags=${FLAGS}`]
  try {
    execFileSync(program, [...first, address, ...asked], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(path, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const addresses = process.argv.slice(2)
if (addresses.length === 0) {
  console.error('node scripts/lighthouse.mjs http://127.0.0.1:8751/ (python3 build.py demo serves one)')
  process.exit(2)
}
let missed = 0
const names = Object.keys(GOALS)
console.log(
  `| page | ${names.join(' | ')} | ${FIGURES.map((figure) => figure.replaceAll('-', ' ')).join(' | ')} |`,
)
console.log(`| ${'--- | '.repeat(1 + names.length + FIGURES.length)}`.trim())
const wrong = []
for (const address of addresses) {
  const { categories, audits, lighthouseVersion, fetchTime } = report(address)
  const scores = names.map((name) => Math.round(categories[name].score * 100))
  missed += scores.filter((score, at) => score < GOALS[names[at]]).length
  const figures = FIGURES.map((figure) => audits[figure].displayValue)
  const page = new URL(address)
  console.log(`| ${[`\`${page.pathname}${page.hash}\``, ...scores, ...figures].join(' | ')} |`)
  for (const name of names) {
    for (const { id, weight } of categories[name].auditRefs) {
      const { score, title } = audits[id]
      if (weight > 0 && score !== null && score < 0.9)
        wrong.push(`- ${page.hash || '/'} ${name}: ${title} (${id})`)
    }
  }
  wrong.push(`- ${page.hash || '/'}: Lighthouse ${lighthouseVersion}, ${fetchTime.slice(0, 10)}`)
}
console.log(`\n${wrong.join('\n')}`)
process.exit(missed > 0 ? 1 : 0)
