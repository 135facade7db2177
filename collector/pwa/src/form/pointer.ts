/** Places in answers and schemas, as JSON Pointers (RFC 6901). */

export type Place = (string | number)[]

export const pointerTo = (place: Place): string =>
  place.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')

export const placeOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))

/** What stands at a place, or undefined. */
export const follow = (value: unknown, place: Place): unknown =>
  place.reduce<unknown>(
    (inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step],
    value,
  )

/** The question of the form that a problem is about: the first step of its place. */
export const questionOf = (pointer: string): string => placeOf(pointer)[0] ?? ''
