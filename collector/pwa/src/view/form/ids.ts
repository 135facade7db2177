/** How the input of a question is found on the page. */
export const idOf = (pointer: string): string => `f${pointer.replace(/\//g, '-')}`
