import type { Verb } from './verb.ts'
import { findVerb, verbs, verbsBelow } from './verbs.ts'

/** What `tierseal` and `tierseal --help` show. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(usage).map((text) => text.length))
  return [
    'tierseal: one tiers.yaml, every file that must agree',
    '',
    ...verbs.map((verb) => `  ${usage(verb).padEnd(width)}  ${verb.summary}`),
    '',
    'Every verb takes --json (a machine reads it) and --help. Exit codes: 0 done, 1 done and something is',
    'not as it should be, 2 not done. A site starts with init; after that: edit tiers.yaml, generate, commit.',
  ].join('\n')
}

/** The help that a command line asks for, or undefined where it asks for none. @throws KnownError USAGE */
export function helpFor(args: readonly string[]): string | undefined {
  const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h'
  if (args[0] !== 'help' && !args.some(isHelp)) return undefined
  const words = (args[0] === 'help' ? args.slice(1) : args).filter((word) => !isHelp(word))
  const [first] = words
  if (first === undefined) return overview(verbs)
  const group = verbsBelow(first)
  return words.length === 1 && group.length > 0 ? overview(group) : helpOf(findVerb(words).verb)
}

/** What `tierseal VERB --help` shows. */
function helpOf(verb: Verb): string {
  const options = Object.entries({ ...verb.optionHelp, json: 'print one JSON document, no text' })
  return [
    `tierseal ${usage(verb)} [OPTIONS]: ${verb.summary}`,
    '',
    verb.help,
    '',
    ...aligned(options.map(([name, text]) => optionLine(name, text))),
  ].join('\n')
}

/** Splits `FILE  meaning` into what is typed and what it means; an option without a value has a meaning only. */
function optionLine(name: string, text: string): readonly [typed: string, meaning: string] {
  const [value = '', meaning] = text.split('  ', 2)
  return meaning === undefined ? [`--${name}`, value] : [`--${name} ${value}`, meaning]
}

function aligned(lines: ReadonlyArray<readonly [string, string]>): readonly string[] {
  const width = Math.max(...lines.map(([typed]) => typed.length))
  return lines.map(([typed, meaning]) => `  ${typed.padEnd(width)}  ${meaning}`)
}

function usage({ name, words }: Verb): string {
  return words === '' ? name : `${name} ${words}`
}
