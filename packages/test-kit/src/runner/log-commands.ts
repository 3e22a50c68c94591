/** A message that a step gave its runner with `::error::`, `::warning::` or `::notice::`. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
}

interface Command {
  readonly name: string
  readonly value: string
}

/** Every annotation of a log, in order. */
export function annotationsOf(log: string): readonly Annotation[] {
  return log.split(/\r?\n/).flatMap((line) => {
    const command = parseCommand(line)
    if (command === undefined) return []
    const { name, value } = command
    if (name !== 'error' && name !== 'warning' && name !== 'notice') return []
    return [{ level: name, message: value }]
  })
}

/**
 * The log as the oldest engine shows it: the commands that set a mask dropped, and from there on every
 * value masked that has one line. It does not honour a mask of several lines (facts: runner.md 3).
 */
export function maskedLogOf(log: string): string {
  const masks: string[] = []
  const shown: string[] = []
  for (const line of log.split(/\r?\n/)) {
    const command = parseCommand(line)
    if (command?.name === 'add-mask') {
      if (command.value !== '' && !/[\r\n]/.test(command.value)) masks.push(command.value)
      continue
    }
    shown.push(masks.reduce((text, mask) => text.replaceAll(mask, '***'), line))
  }
  return shown.join('\n')
}

function parseCommand(line: string): Command | undefined {
  const match = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line)
  if (match === null) return undefined
  const [, name = '', value = ''] = match
  return { name, value: unescapeData(value) }
}

function unescapeData(value: string): string {
  return value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}
