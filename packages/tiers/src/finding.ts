import type { Code } from '@tierseal/errors'
import type { Position, YamlSource } from './source.ts'

/** One thing that is wrong in tiers.yaml. */
export interface Finding extends Position {
  readonly code: Code
  readonly message: string
  readonly help: string | undefined
}

/** The order in which a person reads a file. */
export function byPosition(left: Finding, right: Finding): number {
  return left.line - right.line || left.column - right.column
}

/** The findings that stand at no place of the others: what is refused once need not be told twice. */
export function elsewhere(
  findings: readonly Finding[],
  others: readonly Finding[],
): readonly Finding[] {
  const places = new Set(others.map(placeOf))
  return findings.filter((finding) => !places.has(placeOf(finding)))
}

function placeOf({ line, column }: Finding): string {
  return `${line}:${column}`
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
