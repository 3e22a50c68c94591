import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { KnownError, messageOf } from '@tierseal/errors'
import { helpOf, overview } from './help.ts'
import { coloured, type Terminal } from './terminal.ts'
import type { ExitCode, Verb } from './verb.ts'
import { findVerb, verbs } from './verbs.ts'

/** Runs one command line; the only catch of the program. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = args.includes('--json')
  try {
    return await run(args, terminal, json)
  } catch (error) {
    report(error, terminal, json)
    return 2
  }
}

async function run(args: readonly string[], terminal: Terminal, json: boolean): Promise<ExitCode> {
  if (args.length === 0 || isHelp(args[0])) {
    terminal.out(overview(verbs))
    return args.length === 0 ? 2 : 0
  }
  const { verb, rest } = findVerb(args)
  if (rest.some(isHelp)) {
    terminal.out(helpOf(verb))
    return 0
  }
  const parsed = parse(verb, rest)
  const {
    exitCode,
    json: data,
    text,
  } = await verb.run({
    words: parsed.positionals,
    flag: (name) => parsed.values[name] === true,
    text: (name) => {
      const value = parsed.values[name]
      return typeof value === 'string' ? value : undefined
    },
    json,
    terminal,
  })
  terminal.out(json ? jsonText(data) : text)
  return exitCode
}

function jsonText(data: unknown): string {
  return JSON.stringify(data, undefined, 2)
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h' || word === 'help'
}

function parse(verb: Verb, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = { ...verb.options, json: { type: 'boolean' } }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: verb.words !== '' })
  } catch (error) {
    throw new KnownError('USAGE', messageOf(error).split('.', 1)[0] ?? '', {
      hint: `See: tierseal ${verb.name} --help`,
      cause: error,
    })
  }
}

function report(error: unknown, terminal: Terminal, json: boolean): void {
  if (!(error instanceof KnownError)) {
    terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    if (json) terminal.out(jsonText({ error: { message: messageOf(error) } }))
    return
  }
  const { code, message, hint, details } = error
  if (json) terminal.out(jsonText({ error: { code, message, hint, ...details } }))
  else terminal.error(`${coloured(terminal, 'red', `error[${code}]`)}: ${message}`)
  if (!json && hint !== undefined) terminal.error(`help: ${hint}`)
}
