import type { Code } from '@tierseal/errors'
import type { Position, YamlSource } from './source.ts'

/** One thing that is wrong in tiers.yaml. */
export interface Finding extends Position {
  readonly code: Code
  readonly message: string
  readonly help: string | undefined
}

/** A finding as a compiler prints it: position, code, the line, a caret, help. */
export function renderFinding(source: YamlSource, finding: Finding): string {
  const { line, column, code, message, help } = finding
  const gutter = `${line} | `
  return [
    `${source.file}:${line}:${column}: error[${code}]: ${message}`,
    `${gutter}${source.line(line)}`,
    `${' '.repeat(gutter.length + column - 1)}^`,
    ...(help === undefined ? [] : [`help: ${help}`]),
  ].join('\n')
}
