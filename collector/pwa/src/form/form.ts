/** A form as one goes through it: which steps it has, what of it will be public, how its answers read. */
import { isAsked } from './answers.ts'
import type { Answer, Answers, Field, Form, JsonSchema, Label, Lang, Ref, RefList } from '../contract.ts'
import { dayInWords } from './dates.ts'
import { readableYuan } from './money.ts'
import { say } from '../words.ts'

const ONE_PAGE = 5
const A_STEP = 4

/** The list, besides those of kinds, of what came along with the cases of what is to be done. */
export const ALONG = '*'

/** The fields page by page. A field that depends on another stands on that one's page and does not count. */
export function stepsOf(form: Form): Field[][] {
  const leaderOf = (field: Field): Field | undefined => {
    const [leader] = Object.keys(field.only_if ?? {})
    return form.fields.find((each) => each.name === leader && each !== field)
  }
  const counted = form.fields.filter((field) => !leaderOf(field))
  if (counted.length <= ONE_PAGE) return [form.fields]
  const steps = Math.ceil(counted.length / A_STEP)
  const size = counted.length / steps
  const stepOf = (field: Field): number => {
    const other = leaderOf(field)
    return other ? stepOf(other) : Math.floor(counted.indexOf(field) / size)
  }
  return Array.from({ length: steps }, (_, step) => form.fields.filter((field) => stepOf(field) === step))
}

/** The form as a person of this role is asked it. */
export const formFor = (form: Form, role: string): Form => ({
  ...form,
  fields: form.fields.filter(({ written_by }) => !written_by?.length || written_by.includes(role)),
})

/** The JSON Schema of one question, for what the browser can help with. */
export const schemaOf = (form: Form, name: string): JsonSchema =>
  ((form.schema.properties ?? {}) as Record<string, JsonSchema>)[name] ?? {}

export const askedOf = (fields: Field[], answers: Answers): Field[] =>
  fields.filter((field) => isAsked(field, fields, answers))

/** The answered fields in two blocks: what the public will see in some way, and what it never sees. */
export function blocksOf(form: Form, answers: Answers): { open: Field[]; closed: Field[] } {
  const answered = form.fields.filter(({ name }) => name in answers)
  const isClosed = (field: Field): boolean => field.publish === 'never' || field.publish === 'counted'
  return { open: answered.filter((field) => !isClosed(field)), closed: answered.filter(isClosed) }
}

export const labelOfRef = (ref: Ref, lang: Lang): string =>
  typeof ref.label === 'string' ? ref.label : ref.label[lang]

/** A record by its code or name: in the list of its kind, else in what came along with a case. */
export function findRef(
  refs: Map<string, RefList>,
  kind: string | null | undefined,
  value: string,
): Ref | undefined {
  const among = (list: string): Ref | undefined =>
    refs.get(list)?.records.find(({ code, name }) => code === value || name === value)
  const listed = among(kind ?? '')
  return listed && listed.label !== listed.code ? listed : (among(ALONG) ?? listed)
}

/** What a record refers to, by its label where this phone knows it. */
export function refInWords(refs: Map<string, RefList>, field: Field, value: string, lang: Lang): string {
  const ref = findRef(refs, field.refers_to, value)
  return ref ? labelOfRef(ref, lang) : value
}

const withUnit = (text: string, unit: Label | null | undefined, lang: Lang): string =>
  unit ? `${text} ${unit[lang]}` : text

/** An answer as a person reads it. */
export function answerInWords(field: Field, answer: Answer, refs: Map<string, RefList>, lang: Lang): string {
  const one = (value: Answer): string =>
    answerInWords({ ...field, type: ONE[field.type] ?? field.type }, value, refs, lang)
  if (field.type === 'photos') return say(lang, 'app.photos', { count: (answer as Answer[]).length })
  if (field.type === 'group') return groupInWords(field, answer as Answers[], refs, lang)
  if (Array.isArray(answer)) return answer.map(one).join(lang === 'zh' ? '、' : ', ')
  if (typeof answer === 'boolean') return say(lang, answer ? 'app.yes' : 'app.no')
  if (field.type === 'money' && typeof answer === 'number') {
    return withUnit(
      readableYuan(answer),
      field.unit ?? { zh: say('zh', 'app.yuan'), en: say('en', 'app.yuan') },
      lang,
    )
  }
  if (field.type === 'integer' || field.type === 'number') return withUnit(String(answer), field.unit, lang)
  if (field.type === 'date') return dayInWords(String(answer), lang)
  if (field.type === 'date-time') return String(answer).replace('T', ' ')
  if (field.type === 'choice')
    return field.choices?.find(({ value }) => value === answer)?.label[lang] ?? String(answer)
  if (field.type === 'reference') return refInWords(refs, field, String(answer), lang)
  return String(answer)
}

const ONE: Partial<Record<Field['type'], Field['type']>> = {
  choices: 'choice',
  references: 'reference',
  strings: 'string',
}

function groupInWords(group: Field, items: Answers[], refs: Map<string, RefList>, lang: Lang): string {
  return items
    .map((item) =>
      (group.fields ?? [])
        .filter(({ name }) => name in item)
        .map(
          (field) =>
            `${field.label[lang]}${lang === 'zh' ? '：' : ': '}${answerInWords(field, item[field.name]!, refs, lang)}`,
        )
        .join(lang === 'zh' ? '，' : ', '),
    )
    .join('\n')
}

/** The beginning of the first longer text: what tells one draft from another. */
export function excerptOf(form: Form, answers: Answers): string {
  const field = form.fields.find(({ name, type }) => type === 'long' && name in answers)
  const letters = field ? [...String(answers[field.name]).replace(/\s+/g, ' ')] : []
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : letters.join('')
}

/** A record's heading, from the title its form gives; falls back to the form's own name. */
export function titleOf(form: Form, answers: Answers, refs: Map<string, RefList>, lang: Lang): string {
  const title = form.title.replace(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (_, name: string) => {
    const field = form.fields.find((each) => each.name === name)
    return field && name in answers ? answerInWords(field, answers[name]!, refs, lang) : ''
  })
  return title.replace(/\s+/g, ' ').trim() || form.label[lang]
}
