// Sorts and filters a whole list in the page, out of rows.json beside it; a hundred rows are drawn at a time.
// The address carries the choice. Without this script, or from a folder, the page stays as it is.
(() => {
  const box = document.querySelector('.mb-sift')
  const table = document.querySelector('table.mb-table')
  if (!box || !table || !location.protocol.startsWith('http')) return
  const DRAWN = 100
  const WHOLE = /(?<![\w-])(?:\d{4}-\d\d(?:-\d\d)?|[A-Z]{2,4}-\d{4}-[0-9A-Z]{4})(?![\w-])/g
  const form = box.querySelector('form')
  const status = document.querySelector('.mb-sifted')
  const icons = document.getElementById('mb-icons').content
  const heads = JSON.parse(box.dataset.heads)
  const head = table.tHead.rows[0]
  const body = table.tBodies[0]
  const asStamped = { head: [...head.cells], body: [...body.rows], paging: document.querySelector('.mb-pages') }
  const here = 'here' in box.dataset
  const own = here ? {} : { [box.dataset.name]: box.dataset.value } // what the list of one value is filtered by
  const paging = make('nav', { class: 'mb-pages', 'aria-label': asStamped.paging?.getAttribute('aria-label') ?? '' })
  let data
  let fetching

  function make(name, attributes = {}, ...inside) {
    const made = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value)
    made.append(...inside.filter((each) => each !== null))
    return made
  }

  // A date, a code, and a number with its unit stay in one piece, as in the pages that are stamped
  // (publisher/reading/markup.py).
  function text(plain) {
    const said = plain.replace(/(\d) (?=[人件票盏天项条次万个张年行名月日元位户处])/g, '$1\u00a0').replace(/(\d) \/ (?=\d)/g, '$1\u00a0/\u00a0')
    const all = document.createDocumentFragment()
    let at = 0
    for (const found of said.matchAll(WHOLE)) {
      all.append(said.slice(at, found.index), make('span', { class: 'mb-nb' }, found[0]))
      at = found.index + found[0].length
    }
    all.append(said.slice(at))
    return all
  }

  const icon = (name) => icons.querySelector(`[data-icon="${name}"]`)?.firstElementChild.cloneNode(true) ?? ''
  const fill = (said, places) => said.replace(/\{(\w+)\}/g, (_, name) => places[name])
  const number = (n) => (n >= 10000 ? n.toLocaleString('en') : String(n))

  // -- what was chosen, in the address --

  function choice() {
    const asked = new URLSearchParams(location.search)
    const [, down, name] = /^(-?)(.*)$/.exec(asked.get('sort') ?? '')
    return {
      sort: data.sorts.findIndex((each) => each.name === name),
      down: down === '-',
      find: asked.get('q') ?? '',
      page: Math.max(1, Number.parseInt(asked.get('page') ?? '1', 10) || 1),
      chosen: data.filters.map((each) => each.values.indexOf(asked.get(each.name) ?? own[each.name] ?? '')),
    }
  }

  function address({ sort, down, find, page, chosen }) {
    const told = new URLSearchParams()
    if (sort >= 0) told.set('sort', (down ? '-' : '') + data.sorts[sort].name)
    if (find) told.set('q', find)
    data.filters.forEach((each, n) => chosen[n] >= 0 && told.set(each.name, each.values[chosen[n]]))
    if (page > 1) told.set('page', page)
    return `index.html${told.size ? `?${told}` : ''}`
  }

  // Only the first page of all records is sorted in place; another page leads there.
  function go(next, replace = false) {
    if (!here) {
      location.assign(address(next))
      return
    }
    history[replace ? 'replaceState' : 'pushState'](null, '', address(next))
    show()
  }

  // -- rows --

  function fold(said) {
    return said.normalize('NFKC').toLowerCase()
  }

  function hay(row) {
    const told = row[3].map((cell) =>
      cell === null ? '' : typeof cell === 'string' ? cell : cell.map((part, n) => (n ? (data.names[part]?.[0] ?? part) : '')).join(' '),
    )
    return fold([row[0], row[1], ...told].join(' '))
  }

  function found(now) {
    const words = fold(now.find).split(/\s+/).filter(Boolean)
    if (words.length && !data.hay) data.hay = data.rows.map(hay)
    const all = data.rows.filter(
      (row, n) =>
        now.chosen.every((value, of) => value < 0 || row[4][of].includes(value)) &&
        words.every((word) => data.hay[n].includes(word)),
    )
    if (now.sort < 0) return all
    const way = now.down ? -1 : 1
    return all.sort((one, other) => {
      const [a, b] = [one[5][now.sort], other[5][now.sort]]
      if (a === b) return 0
      if (a === null || b === null) return a === null ? 1 : -1 // what has no value comes last either way
      return a < b ? -way : way
    })
  }

  function cell(said, label) {
    const role = { role: 'cell' }
    if (said === null) return make('td', { ...role, class: 'e' })
    if (typeof said === 'string') return make('td', { ...role, 'data-l': label }, text(said))
    const [how, ...what] = said
    if (how === 't') {
      return make('td', { ...role, class: 's' }, make('span', { class: `mb-tag is-${what[0]}` }, icon(what[0]), what[1]))
    }
    if (how === 'm') return make('td', { ...role, class: 'm' }, icon(what[0]), ` ${what[1]}`)
    const td = make('td', { ...role, 'data-l': label })
    if (how === 'n') td.append(make('span', { class: 'mb-nb' }, what[0]))
    if (how === 'u') td.append(make('a', { href: what[0], rel: 'noopener nofollow' }, what[0]))
    if (how === 'l') {
      what.forEach((code, n) => {
        const [title, path] = data.names[code]
        td.append(n ? '、' : '', path ? make('a', { href: `../${path}` }, text(title)) : text(title))
      })
    }
    return td
  }

  function line([code, title, withheld, cells], shown) {
    const small = make('small', {}, code)
    if (withheld) small.append(' ', make('span', { class: 'mb-tag is-part' }, icon('part'), data.say.withheld))
    const first = make('td', { role: 'cell', class: 't' }, make('a', { href: `${code}.html` }, text(title)), small)
    return make('tr', { role: 'row' }, first, ...shown.map((n) => cell(cells[n], data.columns[n])))
  }

  // -- the page --

  function show() {
    const now = choice()
    const rows = found(now)
    const pages = Math.max(1, Math.ceil(rows.length / DRAWN))
    now.page = Math.min(now.page, pages)
    const plain = address({ ...now, page: 1 }) === 'index.html' && now.page === 1
    settle(now)
    if (plain) {
      head.replaceChildren(...asStamped.head)
      body.replaceChildren(...asStamped.body)
      sortable(now)
      paging.replaceWith(asStamped.paging ?? '')
      status.textContent = ''
      table.hidden = false
      return
    }
    const part = rows.slice((now.page - 1) * DRAWN, now.page * DRAWN)
    const shown = data.columns.map((_, n) => n).filter((n) => part.some((row) => row[3][n] !== null))
    const labels = [asStamped.head[0].dataset.label, ...shown.map((n) => data.columns[n])]
    head.replaceChildren(...labels.map((label) => make('th', { role: 'columnheader', scope: 'col', 'data-label': label }, label)))
    sortable(now)
    body.replaceChildren(...part.map((row) => line(row, shown)))
    table.hidden = rows.length === 0
    status.textContent = [fill(data.say.count, { n: number(rows.length), all: number(data.rows.length) }), ...told(now)].join(' · ')
    if (!rows.length) status.textContent += ` · ${data.say.none}`
    turn(now, pages)
  }

  // What was chosen, in words.
  function told(now) {
    const { sorts, filters, say } = data
    return [
      now.find && `${say.find}：${now.find}`,
      ...filters.map((each, n) => now.chosen[n] >= 0 && `${each.label}：${each.labels[now.chosen[n]]}`),
      now.sort >= 0 && sorts[now.sort].ways.find(([way]) => way === (now.down ? '-' : ''))[1],
    ].filter(Boolean)
  }

  function turn(now, pages) {
    if (paging.isConnected === false) {
      if (asStamped.paging?.isConnected) asStamped.paging.replaceWith(paging)
      else table.after(paging)
    }
    const to = (page, said) => {
      if (page < 1 || page > pages) return make('span')
      const link = make('a', { href: address({ ...now, page }) }, said)
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        go({ ...now, page })
        status.focus({ preventScroll: true })
        status.scrollIntoView()
      })
      return link
    }
    const where = make('span', { class: 'mb-m' }, fill(data.say.page, { n: now.page, of: pages }))
    paging.replaceChildren(to(now.page - 1, data.say.before), where, to(now.page + 1, data.say.after))
    paging.hidden = pages === 1
  }

  // A heading that sorts holds its words once for a phone, where it is only read out, and once as a button.
  function sortable(now) {
    for (const th of head.cells) {
      th.dataset.label ??= th.textContent
      th.removeAttribute('aria-sort')
      const name = heads[th.dataset.label]
      if (!name) continue
      const n = data ? data.sorts.findIndex((each) => each.name === name) : -1
      const current = now && now.sort === n && n >= 0
      const button = make('button', { type: 'button' }, th.dataset.label, make('i', { 'aria-hidden': 'true' }, current ? (now.down ? ' ↓' : ' ↑') : ''))
      button.addEventListener('click', async () => {
        if (!(await load())) return
        const before = choice()
        const sort = data.sorts.findIndex((each) => each.name === name)
        const first = data.sorts[sort].ways[0][0] === '-'
        go({ ...before, page: 1, sort, down: before.sort === sort ? !before.down : first })
        if (here) [...head.cells].find((each) => each.dataset.label === th.dataset.label)?.querySelector('button')?.focus()
      })
      th.replaceChildren(make('span', {}, th.dataset.label), button)
      if (current) th.setAttribute('aria-sort', now.down ? 'descending' : 'ascending')
    }
  }

  function option(value, said, chosen) {
    const made = make('option', { value }, said)
    made.selected = chosen
    return made
  }

  function select(label, options, chosen, choose) {
    const made = make('select', {}, ...options.map(([value, said]) => option(value, said, value === chosen)))
    made.addEventListener('change', () => choose(made.value))
    return make('label', {}, make('span', {}, label), made)
  }

  // The form is made anew from the address, so that the way back shows what was chosen then; what has the
  // focus keeps it.
  function settle(now) {
    const fields = [...form.querySelectorAll('select, input')]
    const focus = fields.indexOf(document.activeElement)
    if (focus >= 0 && fields[focus].tagName === 'INPUT' && fields[focus].value.trim() === now.find.trim()) return
    const ways = data.sorts.flatMap((each, n) => each.ways.map(([way, said]) => [way + each.name, said]))
    const sort = now.sort < 0 ? '' : (now.down ? '-' : '') + data.sorts[now.sort].name
    const find = make('input', { type: 'search', value: now.find, maxlength: '60', autocomplete: 'off', 'aria-describedby': 'mb-find' })
    let typed = now.find
    let fresh = true
    const look = (replace) => {
      if (find.value === typed) return
      typed = find.value
      go({ ...choice(), find: find.value, page: 1 }, replace)
    }
    if (here) {
      find.addEventListener('input', (event) => {
        if (event.isComposing) return // pinyin on its way to becoming a word
        look(!fresh)
        fresh = false
      })
      find.addEventListener('compositionend', () => look(false))
    }
    find.addEventListener('change', () => look(false))
    form.replaceChildren(
      make('label', { class: 'w' }, make('span', {}, data.say.find), find, make('small', { id: 'mb-find' }, data.say['find.hint'])),
      select(data.say.sort, [['', data.say.own], ...ways], sort, (value) => {
        const down = value.startsWith('-')
        const name = down ? value.slice(1) : value
        go({ ...choice(), page: 1, down, sort: data.sorts.findIndex((each) => each.name === name) })
      }),
      ...data.filters.map((each, of) =>
        select(
          each.label,
          [['', data.say.every], ...each.order.map((n) => [String(n), each.labels[n]])],
          now.chosen[of] < 0 ? '' : String(now.chosen[of]),
          (value) => {
            const next = choice()
            next.chosen[of] = value === '' ? -1 : Number(value)
            go({ ...next, page: 1 })
          },
        ),
      ),
    )
    if (address({ ...now, page: 1 }) !== 'index.html') {
      const clear = make('button', { type: 'button' }, data.say.clear)
      clear.addEventListener('click', () => {
        go({ sort: -1, down: false, find: '', page: 1, chosen: data.filters.map(() => -1) })
        box.querySelector('summary').focus()
      })
      form.append(clear)
    }
    if (focus >= 0) form.querySelectorAll('select, input')[focus]?.focus()
  }

  async function load() {
    if (data) return true
    status.textContent = box.dataset.loading
    table.setAttribute('aria-busy', 'true')
    try {
      fetching ??= fetch('rows.json').then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status))
        return answer.json()
      })
      data = await fetching
      status.textContent = ''
    } catch {
      fetching = undefined
      status.textContent = box.dataset.failed
    }
    table.removeAttribute('aria-busy')
    return Boolean(data)
  }

  box.hidden = false
  if (here) sortable()
  box.addEventListener('toggle', async () => {
    if (!box.open || form.childElementCount || !(await load())) return
    settle(choice())
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  if (here) {
    addEventListener('popstate', async () => {
      if (await load()) show()
    })
    if (location.search) {
      load().then((there) => {
        if (there) show()
      })
    }
  }
})()
