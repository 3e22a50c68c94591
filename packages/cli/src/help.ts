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
  const options = Object.entries(verb.optionHelp).map(([name, text]) => `  --${name} ${text}`)
  return [
    `tierseal ${usage(verb)}${options.length === 0 ? '' : ' [OPTIONS]'}: ${verb.summary}`,
    '',
    verb.help,
    '',
    ...options,
    '  --json          print one JSON document instead of text',
  ].join('\n')
}

function usage({ name, words }: Verb): string {
  return words === '' ? name : `${name} ${words}`
}
