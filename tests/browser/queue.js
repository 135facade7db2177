// Many finished visits on this phone, signed with its own keys, as if they had been written with no network.
async ({ count }) => {
  const asked = (request) =>
    new Promise((done, fail) => {
      request.onsuccess = () => done(request.result)
      request.onerror = () => fail(request.error)
    })
  const b64u = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  const utf8 = (text) => new TextEncoder().encode(text)
  const digestOf = async (text) => b64u(await crypto.subtle.digest('SHA-256', utf8(text)))
  const uuid7 = (ms) => {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    new DataView(bytes.buffer).setBigUint64(0, (BigInt(ms) << 16n) | BigInt(bytes[6] << 8) | BigInt(bytes[7]))
    bytes[6] = (bytes[6] & 0x0f) | 0x70
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  const db = await asked(indexedDB.open('mingbai'))
  const read = db.transaction(['meta', 'heads', 'refs'])
  const identity = await asked(read.objectStore('meta').get('identity'))
  const kinds = await asked(read.objectStore('meta').get('kinds'))
  const head = await asked(read.objectStore('heads').get('records'))
  const grids = await asked(read.objectStore('refs').get('grid'))
  const form = kinds.find((version) => version.startsWith('visit@'))
  const records = []
  let [seq, prev] = [head?.seq ?? 0, head?.digest ?? null]
  for (let number = 0; number < count; number++) {
    const answers = { visited_on: '2026-03-02', grid: grids.records[0].code, people: 3, summary: `第 ${number} 家` }
    const disclosures = Object.entries(answers).map((pair) =>
      JSON.stringify([b64u(crypto.getRandomValues(new Uint8Array(16))), ...pair]),
    )
    const at = new Date(Date.now() - (count - number) * 1000)
    const id = uuid7(at.getTime())
    const digests = await Promise.all(disclosures.map(digestOf))
    const envelope = JSON.stringify({
      v: 1, ledger: identity.ledger, kind: 'visit', form, id, device: identity.devices.records, seq: ++seq, prev,
      claimed_at: at.toISOString(), replaces: null, _sd: digests.sort(),
    })
    const digest = await digestOf(envelope)
    const key = identity.keys.records.privateKey
    const signature = b64u(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, utf8(envelope)))
    records.push({
      id, kind: 'visit', form, answers, replaces: null, filedAt: at.toISOString(),
      signed: { id, chain: 'records', seq, envelope, digest, signature, disclosures },
      delivery: { at: 'waiting', tries: 0, said: null },
    })
    prev = digest
  }
  const write = db.transaction(['records', 'outbox', 'heads'], 'readwrite', { durability: 'strict' })
  for (const record of records) {
    write.objectStore('records').put(record)
    write.objectStore('outbox').put({ id: record.id })
  }
  write.objectStore('heads').put({ chain: 'records', seq, digest: prev })
  await new Promise((done, fail) => {
    write.oncomplete = done
    write.onabort = () => fail(write.error)
  })
  db.close()
  return records.map(({ id }) => id)
}
