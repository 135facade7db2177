import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { precache } from './build/precache.ts'
import { words } from './build/words.ts'

export default defineConfig({
  plugins: [words(resolve(import.meta.dirname, '../../content/words')), precache()],
  build: {
    target: ['chrome92', 'safari15'],
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: 'index.html', sw: 'src/sw.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
