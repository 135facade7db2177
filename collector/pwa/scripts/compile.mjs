// Compile TypeScript beside the installed packages, so that Node without type stripping can run it.
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, loadConfigFromFile } from 'vite'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Compile these files into node_modules/.compiled/<name>/ and return that folder. */
export async function compile(name, files) {
  const outDir = resolve(root, 'node_modules/.compiled', name)
  rmSync(outDir, { recursive: true, force: true })
  const loaded = await loadConfigFromFile({ command: 'build', mode: 'test' }, resolve(root, 'vite.config.ts'))
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: loaded.config.plugins,
    build: { ssr: true, outDir, target: 'node20', minify: false, rolldownOptions: { input: files } },
  })
  return outDir
}
