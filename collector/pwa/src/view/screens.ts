/** The kinds that have a screen of their own, each in a chunk that only those who need it load. */
import type { ComponentType } from 'preact'
import type { Field, Form } from '../contract.ts'
import type { FillingProps } from './form/draft.tsx'
import type { RecordProps } from './record.tsx'

export interface KindScreen {
  /** Questions the form must have for the screen to know what it does; without them it is filled in like any other. */
  needs: string[]
  /** The screen shows the ballot's list, so the form must have it brought along. */
  list: boolean
  /** A filed record stands as it is: there is no correcting it. */
  final: boolean
  draft: () => Promise<ComponentType<FillingProps>>
  /** What stands above the answers once it is filed. */
  record?: () => Promise<ComponentType<RecordProps>>
}

const SHEETS = ['issued', 'returned', 'valid', 'invalid', 'blank']

/** By kind; a record is looked at by it, a draft only where its form also brings along what the screen needs. */
export const SCREENS: Record<string, KindScreen> = {
  tally_count: {
    needs: ['ballot', 'list_digest', ...SHEETS, 'totals', 'check_code'],
    list: true,
    final: true,
    draft: async () => (await import('./tally/tally_screens.ts')).CountScreen,
    record: async () => (await import('./tally/tally_screens.ts')).CodeToCompare,
  },
  ballot_result: {
    needs: ['ballot', 'counts', ...SHEETS, 'totals', 'resolution'],
    list: false,
    final: false,
    draft: async () => (await import('./tally/tally_screens.ts')).ResultScreen,
  },
  approval: {
    needs: ['record', 'entry', 'decision', 'reason'],
    list: false,
    final: true,
    draft: async () => (await import('./case/work_screens.ts')).DecisionScreen,
  },
  resolution: {
    needs: ['record', 'entry', 'decision', 'reason'],
    list: false,
    final: true,
    draft: async () => (await import('./case/work_screens.ts')).DecisionScreen,
    record: async () => (await import('./case/work_screens.ts')).DecisionRecord,
  },
}

/** The screen to fill in a form with, where it has one of its own. */
export function screenOf(form: Form): KindScreen | undefined {
  const screen = SCREENS[form.kind]
  const fieldOf = (name: string): Field | undefined => form.fields.find((field) => field.name === name)
  if (!screen?.needs.every(fieldOf)) return undefined
  return !screen.list || fieldOf('ballot')?.brings?.includes('candidates') ? screen : undefined
}
