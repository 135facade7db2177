import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { eager } from './build/eager.ts'
import { precache } from './build/precache.ts'
import { words } from './build/words.ts'

const FILLING = new RegExp(
  [
    'words/zh/filling$',
    'src/view/(form/\\w+|record)\\.tsx?$',
    'src/form/(record_yaml|choosing|echo)\\.ts$',
  ].join('|'),
)

export default defineConfig({
  plugins: [words(resolve(import.meta.dirname, '../../content/words')), eager(['app', 'shared']), precache()],
  build: {
    target: ['chrome92', 'safari15'],
    // What the page needs at once is asked for at once, also where it stands in several files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: 'index.html', sw: 'src/sw.ts' },
      output: {
        // One file for all that the first page shares with what comes later, not one for each combination.
        // What forms are filled in with comes after it, also where other screens that come later use it.
        codeSplitting: {
          groups: [
            { name: 'shared', minShareCount: 2, test: (id) => !FILLING.test(id), priority: 1 },
            { name: 'filling', test: FILLING },
          ],
        },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
