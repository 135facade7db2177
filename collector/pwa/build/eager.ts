import type { Plugin } from 'vite'

const WORD = '//# allFunctionsCalledOnLoad'

/**
 * Let the browser compile these files while it reads them, beside the page and not in its way: the first page calls
 * nearly all that is in them, and one by one, each when it is first called, that takes a third of a cold start.
 * Browsers that do not know the word skip it.
 */
export function eager(names: string[]): Plugin {
  return {
    name: 'mingbai-eager',
    apply: 'build',
    augmentChunkHash: ({ name }) => (names.includes(name) ? WORD : undefined),
    generateBundle: {
      // Nothing may stand before the word.
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle))
          if (file.type === 'chunk' && names.includes(file.name)) file.code = `${WORD}\n${file.code}`
      },
    },
  }
}
