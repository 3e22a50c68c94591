import type { Part } from './placeholder.ts'

/** A range of the template's text, in characters. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** One scalar with placeholders: where it stands, how it is quoted, what it consists of. */
export interface Slot extends Range {
  readonly quote: '' | '"' | "'"
  readonly parts: readonly Part[]
  /** The column of the key that it is the value of, or of the item that it is. */
  readonly column: number
  readonly inFlow: boolean
  /** The whole lines that go where an optional value is absent. */
  readonly lines: Range
}

/** A template, checked and cut once, filled many times. */
export interface Template {
  /** Relative to the templates' folder. */
  readonly name: string
  readonly text: string
  readonly slots: readonly Slot[]
}
