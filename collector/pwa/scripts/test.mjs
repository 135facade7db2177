// npm test: the plain core, without a browser. Any further words are file names: npm test check
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { compile, root } from './compile.mjs'

const wanted = process.argv.slice(2)
const names = readdirSync(resolve(root, 'test')).filter((name) => name.endsWith('.test.ts'))
const files = names.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
const folder = await compile(
  'test',
  files.map((name) => resolve(root, 'test', name)),
)
const compiled = files.map((name) => resolve(folder, name.replace(/\.ts$/, '.js')))
const { status } = spawnSync(process.execPath, ['--test', ...compiled], { stdio: 'inherit', cwd: root })
process.exit(status ?? 1)
