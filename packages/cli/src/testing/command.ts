import { runCli } from '../main.ts'
import type { Terminal } from '../terminal.ts'

/** What a command line ended with, and what it printed. */
export interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly error: string
}

/** Runs one command line in a folder, with the answers of a person where they are given. */
export async function runIn(
  folder: string,
  args: readonly string[],
  terminal: Partial<Terminal> = {},
): Promise<Ended> {
  const out: string[] = []
  const error: string[] = []
  const exitCode = await runCli(args, {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
    colours: false,
    folder,
    env: {},
    ...terminal,
  })
  return { exitCode, out: out.join('\n'), error: error.join('\n') }
}
