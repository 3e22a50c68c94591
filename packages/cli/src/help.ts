import type { Verb } from './verb.ts'

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

/** What `tierseal VERB --help` shows. */
export function helpOf(verb: Verb): string {
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
