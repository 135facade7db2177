// What is wrong with the screen as it is now, one sentence each. Handed to the page as a function.
() => {
  const wrong = []
  const seen = (each) => {
    const { width, height } = each.getBoundingClientRect()
    return width > 0 && height > 0 && getComputedStyle(each).visibility !== 'hidden'
  }
  const called = (each) => (each.getAttribute('aria-label') || each.textContent || each.id || each.tagName).trim().slice(0, 30)

  const root = document.documentElement
  // Not innerWidth: a phone zooms out until all that is too wide fits in.
  if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`)

  for (const each of document.querySelectorAll('button, a[href], select, textarea, input')) {
    if (!seen(each)) continue
    const target = each.matches('[type=radio], [type=checkbox]') ? each.closest('label') : each
    const { width, height } = target.getBoundingClientRect()
    if (width < 47.5 || height < 47.5) wrong.push(`target too small: ${called(each)} ${width.toFixed(0)}x${height.toFixed(0)}`)
    if (each.matches('.pri') && height < 59.5) wrong.push(`primary action too low: ${called(each)} ${height.toFixed(0)}`)
  }

  for (const each of document.querySelectorAll('input, select, textarea')) {
    const named = each.labels.length > 0 || each.getAttribute('aria-label')
    if (!named) wrong.push(`no label: ${each.id || each.outerHTML.slice(0, 60)}`)
    for (const id of (each.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)) {
      if (!document.getElementById(id)) wrong.push(`described by nothing: ${id}`)
    }
  }
  for (const each of document.querySelectorAll('fieldset')) {
    if (!each.querySelector(':scope > legend')) wrong.push('a fieldset without legend')
  }
  for (const each of document.querySelectorAll('button, a[href]')) {
    if (!called(each)) wrong.push(`no name: ${each.outerHTML.slice(0, 60)}`)
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => wrong.push(`id twice: ${id}`))

  if (document.querySelectorAll('h1').length !== 1) wrong.push('not exactly one h1')
  if (document.querySelectorAll('main').length !== 1) wrong.push('not exactly one main')
  if (document.querySelectorAll('.pri').length > 1) wrong.push('more than one primary action')
  if (!document.title || !root.lang) wrong.push('no title or language')

  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((part) => Number(part) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor
    }
    return 'rgb(255, 255, 255)'
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const each = walk.currentNode.parentElement
    if (!walk.currentNode.data.trim() || !seen(each)) continue
    const style = getComputedStyle(each)
    if (parseFloat(style.fontSize) < 17.5) wrong.push(`letters too small: ${called(each)} ${style.fontSize}`)
    const [a, b] = [light(style.color), light(ground(each))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 6.95) wrong.push(`contrast ${ratio.toFixed(1)}: ${called(each)}`)
  }
  return [...new Set(wrong)]
}
