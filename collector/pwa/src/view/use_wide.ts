/** Whether there is room for a list beside what it lists: larger letters need a wider screen. */
import { useEffect, useState } from 'preact/hooks'
import type { Settings } from '../settings.ts'

const LEAST_PX = 1024
const LEAST_REM = 45

export function useWide({ size }: Settings): boolean {
  const query = `(min-width: ${Math.max(LEAST_PX, size * LEAST_REM)}px)`
  const [, heard] = useState(0)
  useEffect(() => {
    const list = matchMedia(query)
    const follow = (): void => heard((count) => count + 1)
    list.addEventListener('change', follow)
    return () => list.removeEventListener('change', follow)
  }, [query])
  return matchMedia(query).matches
}
