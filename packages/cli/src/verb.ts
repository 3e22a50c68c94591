import type { ParseArgsOptionsConfig } from 'node:util'
import type { Terminal } from './terminal.ts'

/** What the command line said, checked against the verb's own options. */
export interface Invocation {
  readonly words: readonly string[]
  readonly flag: (name: string) => boolean
  readonly text: (name: string) => string | undefined
  readonly json: boolean
  readonly terminal: Terminal
}

/**
 * 0: done, and nothing to tell; 1: done, and what was found is not as it should be; 2: not done.
 */
export type ExitCode = 0 | 1 | 2

/** What a verb ends with: an exit code, and what it found in the two forms that it is told in. */
export interface Outcome {
  readonly exitCode: ExitCode
  readonly json: unknown
  readonly text: string
}

export interface Verb {
  readonly name: string
  /** Its words after the name, as help shows them. */
  readonly words: string
  readonly summary: string
  /** Paragraphs that teach what it does and when to use it. */
  readonly help: string
  readonly options: ParseArgsOptionsConfig
  /** By option: what it means, after the name of its value and two spaces where it takes one. */
  readonly optionHelp: Readonly<Record<string, string>>
  readonly run: (invocation: Invocation) => Promise<Outcome> | Outcome
}
