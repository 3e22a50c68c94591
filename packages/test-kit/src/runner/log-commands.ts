/** A message that a step gave its runner with `::error::`, `::warning::` or `::notice::`. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
}

/** A line of a log that some runner does not show but carries out. */
interface Command {
  readonly name: string
  readonly value: string
  /** The value as it stands in the line. */
  readonly raw: string
}

/** Every annotation of a log, in order. */
export function annotationsOf(log: string): readonly Annotation[] {
  return linesOf(log).flatMap((line) => {
    const command = parseCommand(line)
    if (command === undefined) return []
    const { name, value } = command
    if (name !== 'error' && name !== 'warning' && name !== 'notice') return []
    return [{ level: name, message: value }]
  })
}

// What an action tells its runner by its log; all else goes through files.
const harmless: readonly string[] = [
  ...['add-mask', 'debug', 'notice', 'warning', 'error'],
  ...['group', 'endgroup'],
]

/**
 * The commands of a log that change the job: set-env, add-path, set-output, save-state, stop-commands and
 * whatever else stands where a command does.
 */
export function forbiddenCommandsOf(log: string): readonly string[] {
  return linesOf(log).flatMap((line) => {
    const name = parseCommand(line)?.name
    return name === undefined || harmless.includes(name) ? [] : [line]
  })
}

/**
 * The log as the daemon of the oldest engine shows it: the commands that set a mask dropped, and from there
 * on each value masked as it stood in its command. It undoes no escapes, so that a mask of several lines, or
 * of a value whose percent signs were escaped, hides nothing (facts: runner.md 3).
 */
export function maskedLogOf(log: string): string {
  const masks: string[] = []
  const shown: string[] = []
  for (const line of log.split(/\r?\n/)) {
    const command = parseCommand(line)
    if (command?.name === 'add-mask') {
      if (command.raw !== '') masks.push(command.raw)
      continue
    }
    shown.push(masks.reduce((text, mask) => text.replaceAll(mask, '***'), line))
  }
  return shown.join('\n')
}

// .NET's ReadLine, by which GitHub's runner reads, ends a line at a lone carriage return too.
function linesOf(log: string): readonly string[] {
  return log.split(/\r\n|\r|\n/)
}

// What any engine takes for a command. Gitea's want it at the very start; GitHub's lets blanks go before
// `::`, skips characters without weight as .NET compares strings, and finds `##[` anywhere in a line
// (actions/runner, ActionCommand.cs).
function parseCommand(text: string): Command | undefined {
  const line = text.replaceAll(/[\p{Cf}\0]/gu, '')
  const match =
    /^\s*::([^\s:]+)(?: .*?)?::(.*)$/.exec(line) ?? /##\[([^\s\]]+)(?: [^\]]*)?\](.*)$/.exec(line)
  if (match === null) return undefined
  const [, name = '', raw = ''] = match
  return { name, value: unescapeData(raw), raw }
}

function unescapeData(value: string): string {
  return value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}
