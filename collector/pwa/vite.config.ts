import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { precache } from './build/precache.ts'
import { words } from './build/words.ts'

export default defineConfig({
  plugins: [words(resolve(import.meta.dirname, '../../content/words')), precache()],
  build: {
    target: ['chrome92', 'safari15'],
    // What the page needs at once is asked for at once, also where it stands in several files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: 'index.html', sw: 'src/sw.ts' },
      output: {
        // One file for all that the first page shares with what comes later, not one for each combination.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
