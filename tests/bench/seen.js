// Put into every page before its own scripts: when something was first to be seen, and how long after what was done.
;(() => {
  const times = (window.__times = {})
  const slowest = (window.__slowest = { ms: 0 })

  // After the frame in which it stands: what came then has been painted.
  const painted = (act) => requestAnimationFrame(() => setTimeout(() => act(performance.now())))

  window.__when = (name, selector, text) => {
    const there = () =>
      [...document.querySelectorAll(selector)].some((each) => !text || each.textContent.includes(text))
    const look = () => {
      if (!there()) return
      watcher.disconnect()
      painted((now) => (times[name] = now))
    }
    const watcher = new MutationObserver(look)
    watcher.observe(document, { childList: true, subtree: true, characterData: true })
    look()
  }
  window.__after = (name, event, selector, text) => {
    addEventListener(
      event,
      ({ timeStamp }) => {
        times[`${name}-began`] = timeStamp
        window.__when(name, selector, text)
      },
      { capture: true, once: true },
    )
  }
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries())
      if (/^key|^input|^beforeinput/.test(name)) slowest.ms = Math.max(slowest.ms, duration)
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
  window.__longEnd = 0
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      window.__longEnd = Math.max(window.__longEnd, startTime + duration)
  }).observe({ type: 'longtask', buffered: true })
})()
