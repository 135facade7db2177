/** Which letters a text may hold: what a reader cannot see must not change what he reads. The ranges of ledger/letters.py. */

const BROKEN = /[\ud800-\udbff](?![\udc00-\udfff])|(?:^|[^\ud800-\udbff])[\udc00-\udfff]/
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/
const HIDDEN =
  /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u
const MARKS = /\p{M}{11}/u

/** The first fault of a text, as the end of its key in words/problems.yaml. */
export function textFault(text: string): string | null {
  if (BROKEN.test(text)) return 'text_broken'
  if (CONTROL.test(text)) return 'text_control'
  if (HIDDEN.test(text)) return 'text_hidden'
  if (MARKS.test(text)) return 'text_marks'
  return text.normalize('NFC') === text ? null : 'text_not_nfc'
}
