import { parseRepository } from '@tierseal/oci'
import type { Mirror } from './build-request.ts'

/**
 * Reads `registry=replacement[/path]`.
 *
 * @throws Error naming the flaw
 */
export function parseMirror(line: string): Mirror {
  const [registry = '', replacement = '', ...rest] = line.split('=')
  const host = /^[a-z0-9.-]+(:[0-9]+)?$/i
  if (rest.length > 0 || !host.test(registry) || replacement === '') {
    throw new Error(`${JSON.stringify(line)} is not registry=replacement[/path]`)
  }
  if (replacement.includes('/')) parseRepository(replacement)
  else if (!host.test(replacement)) throw new Error(`${JSON.stringify(replacement)} is no registry`)
  return { registry, replacement }
}

/** The host that answers in the place of the mirrored registry. */
export function mirrorHost({ replacement }: Mirror): string {
  return replacement.split('/')[0] ?? replacement
}
