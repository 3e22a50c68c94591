/** What docs/errors.md says of one code: its meaning, and what an operator does about it. */
export interface CodeEntry {
  readonly meaning: string
  readonly remedy: string
}

/** The codes of one part of the chain. */
export type CodeTable = Readonly<Record<string, CodeEntry>>
