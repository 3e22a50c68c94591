import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { KnownError, messageOf } from '@tierseal/errors'

type Parsed<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>>

/** What a script says of itself, and the command line that it understands. */
interface Script<Config extends ParseArgsConfig> {
  readonly name: string
  readonly usage: string
  readonly config: Config
}

/**
 * Runs what stands behind `npm run <name>` and sets the exit code. `--help` prints the usage and does nothing; a
 * command line that is not understood, a failure with a known cause and a bug end with 2, as they do in
 * `tierseal`, so that 1 is left for what the script found out.
 */
export async function runScript<const Config extends ParseArgsConfig>(
  script: Script<Config>,
  run: (parsed: Parsed<Config>) => number | Promise<number>,
): Promise<void> {
  const { args = process.argv.slice(2) } = script.config
  if (args.includes('--help') || args.includes('-h')) {
    console.log(script.usage)
    return
  }
  const parsed = tryParse(script)
  if (parsed === undefined) return
  try {
    process.exitCode = await run(parsed)
  } catch (error) {
    process.exitCode = 2
    tell(script.name, error)
  }
}

/** Says what is wrong with the command line, and gives the exit code for it. */
export function refuse({ name, usage }: { name: string; usage: string }, problem: string): number {
  console.error(`${name}: ${problem}\n\n${usage}`)
  return 2
}

/** A path that a person typed, absolute: npm changes to the root of the checkout and says here where they stood. */
export function whereTyped(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
}

function tryParse<const Config extends ParseArgsConfig>(
  script: Script<Config>,
): Parsed<Config> | undefined {
  try {
    return parseArgs(script.config)
  } catch (error) {
    // The first sentence names the word; the rest is about how to write one that begins with a dash.
    process.exitCode = refuse(script, messageOf(error).split('. ', 1)[0] ?? '')
    return undefined
  }
}

function tell(name: string, error: unknown): void {
  if (error instanceof KnownError) {
    console.error([`${name}: ${error.code}: ${error.message}`, error.hint ?? ''].join('\n').trim())
  } else {
    console.error(error)
  }
}
