import { readFileSync } from 'node:fs'
import { maskSecret } from '@tierseal/action-kit'
import { messageOf } from '@tierseal/errors'
import type { BuildSecret } from './build-request.ts'

/**
 * Reads one `id=path` line; the content is masked.
 *
 * @throws Error naming the line and the flaw, never the content
 */
export function readSecretFile(line: string): BuildSecret {
  const { id, source } = split(line, 'path')
  try {
    return masked(id, readFileSync(source))
  } catch (error) {
    throw new Error(`secret ${id}: ${messageOf(error)}`)
  }
}

/**
 * Reads one `id=NAME` line from the environment of the step; the value is masked.
 *
 * @throws Error where the variable is not set: a build without its secret would be another image
 */
export function readSecretVariable(line: string): BuildSecret {
  const { id, source } = split(line, 'NAME')
  const value = process.env[source]
  if (value === undefined || value === '') {
    throw new Error(`secret ${id}: the environment variable ${source} is not set`)
  }
  return masked(id, Buffer.from(value))
}

function split(line: string, right: string): { readonly id: string; readonly source: string } {
  const [, id, source] = /^([A-Za-z0-9][A-Za-z0-9_.-]*)=(.+)$/.exec(line) ?? []
  if (id !== undefined && source !== undefined) return { id, source }
  throw new Error(`${JSON.stringify(line.split('=')[0])} is not id=${right}`)
}

function masked(id: string, value: Buffer): BuildSecret {
  maskSecret(value.toString('utf8'))
  return { id, value }
}
