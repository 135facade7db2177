/** Where in the app one is: `#/draft/<id>/2` is ['draft', '<id>', '2']. */
import { useEffect, useState } from 'preact/hooks'

export const routeOf = (hash: string): string[] =>
  hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent).filter(Boolean)

export const addressOf = (...steps: (string | number)[]): string =>
  `#/${steps.map(encodeURIComponent).join('/')}`

export const go = (...steps: (string | number)[]): void => {
  location.hash = addressOf(...steps)
}

/** Go somewhere from where one should not come back by the back button. */
export function goInstead(...steps: (string | number)[]): void {
  history.replaceState(null, '', addressOf(...steps))
  dispatchEvent(new HashChangeEvent('hashchange'))
}

let before = '#/'

/** The screen that one came from. */
export const hashBefore = (): string => before

export function useRoute(): string[] {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = ({ oldURL }: HashChangeEvent): void => {
      if (oldURL) before = new URL(oldURL).hash
      setHash(location.hash)
    }
    addEventListener('hashchange', follow)
    // It may have changed between the first drawing and now.
    setHash(location.hash)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return routeOf(hash)
}
