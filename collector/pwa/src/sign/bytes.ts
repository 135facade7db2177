/** Bytes as text that travels: UTF-8, base64url without padding, SHA-256. */

export type Bytes = Uint8Array<ArrayBuffer>

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

export function b64u(bytes: ArrayBuffer | Bytes): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

export function unb64u(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error('not base64url')
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  if (b64u(bytes) !== text) throw new Error('a second spelling of the same bytes')
  return bytes
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** base64url(SHA-256) of a text: how envelopes and disclosures are named. */
export const digestOf = async (text: string): Promise<string> => b64u(await sha256(utf8(text)))

export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count))
