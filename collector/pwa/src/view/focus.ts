/** Focus goes on to what stands in the place of a control that has just gone; nobody is left at the top of the page. */
export function focusSoon(id: string, scroll = false): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: !scroll }))
}
