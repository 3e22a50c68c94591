import { parseArgs } from 'node:util'
import { KnownError, messageOf } from '@tierseal/errors'
import { generatorVersion } from '@tierseal/tiers'
import { helpFor, overview } from './help.ts'
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
  const tell = (data: unknown, text: string): void => terminal.out(json ? jsonText(data) : text)
  const words = args.filter((arg) => arg !== '--json')
  const help = words[0] === undefined ? overview(verbs) : helpFor(words)
  if (help !== undefined) {
    tell({ help }, help)
    return words.length === 0 ? 2 : 0
  }
  if (words[0] === '--version' || words[0] === '-V') {
    tell({ version: generatorVersion }, `tierseal ${generatorVersion}`)
    return 0
  }
  const { verb, rest } = findVerb(words)
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
  tell(data, text)
  return exitCode
}

function jsonText(data: unknown): string {
  return JSON.stringify(data, undefined, 2)
}

function parse(verb: Verb, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: verb.options,
      allowPositionals: verb.words !== '',
    })
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
