/** Small forms for the tests, as the office would send them. */
import type { Field, Form } from '../src/contract.ts'

export const both = (text: string) => ({ zh: text, en: text })

export const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: both(name),
  hint: null,
  type: 'string',
  required: false,
  publish: 'full',
  choices: [],
  refers_to: null,
  only_if: null,
  unit: null,
  fields: [],
  ...more,
})

export const form = (fields: Field[], more: Partial<Form> = {}): Form => ({
  kind: 'visit',
  version: `visit@${'v'.repeat(43)}`,
  label: both('走访'),
  description: both('记一条'),
  code: 'ZF',
  written_by: ['deputy'],
  about: null,
  gate: 'none',
  proof: false,
  fields,
  schema: { type: 'object', properties: {}, additionalProperties: true },
  checks: [],
  title: '',
  ...more,
})
