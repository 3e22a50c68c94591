import { KnownError } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'

/** A version of cosign that this action drives. */
export interface CosignVersion {
  readonly text: string
  readonly major: 2 | 3
}

/**
 * Reads what `cosign version --json` prints.
 *
 * @throws KnownError TOOL_VERSION for all but 2.6 and 3 from 3.0.3 on
 */
export function parseCosignVersion(output: string): CosignVersion {
  const json = tryJson(output)
  const given = isRecord(json) ? json['gitVersion'] : undefined
  const text = typeof given === 'string' ? given : 'of no known form'
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []
  const flaw = findFlaw(Number(major), Number(minor), Number(patch))
  if (flaw === undefined) return { text, major: major === '2' ? 2 : 3 }
  throw new KnownError('TOOL_VERSION', `cosign is ${text}: ${flaw}`, {
    hint: 'Install cosign 2.6, or 3 from 3.0.3 on; 2.6.5 and 3.1.3 are what this action is tested with.',
  })
}

function findFlaw(major: number, minor: number, patch: number): string | undefined {
  if (major === 2 && minor >= 6) return undefined
  if (major === 2) return 'it is older than 2.6'
  if (major !== 3) return 'only 2.6 and 3 are known here'
  // sigstore/cosign #4503: --tlog-upload=false was ignored.
  if (minor === 0 && patch < 3) return 'it publishes to the public log whatever it is told'
  return undefined
}
