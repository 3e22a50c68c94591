import { parseEach } from '@tierseal/action-kit'
import type { Assignment } from './build-request.ts'

/**
 * Reads `NAME=value` lines, as docker/build-push-action does: a line break inside a value needs double
 * quotes around the whole entry, with "" for a quote in it.
 *
 * @throws Error naming each entry that has no name or no value
 */
export function parseAssignments(text: string): readonly Assignment[] {
  return parseEach(splitEntries(text), parseAssignment)
}

/** Splits at line breaks outside of quotes; empty lines are no entries. */
function splitEntries(text: string): readonly string[] {
  const entries: string[] = []
  const pattern = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?=\r?\n|$)|([^\r\n]*))(?:\r?\n|$)/y
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) break
    const [, quoted, plain = ''] = match
    const entry = quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"')
    if (entry !== '') entries.push(entry)
  }
  return entries
}

function parseAssignment(entry: string): Assignment {
  const equals = entry.indexOf('=')
  const name = entry.slice(0, equals)
  // A bare name would take its value from the engine's own environment, which is empty.
  if (equals < 1) throw new Error(`${quote(entry)} is not NAME=value`)
  if (/[\s"]/.test(name)) throw new Error(`${quote(name)} is not a name`)
  return { name, value: entry.slice(equals + 1) }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
