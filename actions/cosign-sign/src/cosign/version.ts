import { KnownError } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'
import type { BuildInfo } from './build-info.ts'

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
  return demandKnown(typeof given === 'string' ? given : 'of no known form')
}

/**
 * The version that a program was built from, where it is a release of cosign: the same that it would print. Undefined
 * where it has to be asked.
 *
 * @throws KnownError TOOL_VERSION, as parseCosignVersion does
 */
export function versionOfBuild(info: BuildInfo | undefined): CosignVersion | undefined {
  if (info === undefined || !/^github\.com\/sigstore\/cosign\/v[23]$/.test(info.module))
    return undefined
  return /^v\d+\.\d+\.\d+$/.test(info.version) ? demandKnown(info.version) : undefined
}

function demandKnown(text: string): CosignVersion {
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
