import { KnownError } from '@tierseal/errors'
import type { CosignVersion } from './cosign/version.ts'

/** How a signature is stored (facts: cosign.md 3). */
export type Format = 'bundle' | 'legacy' | 'oci-1-1'

/** @throws Error for anything else */
export function parseFormat(text: string): Format {
  if (text === 'bundle' || text === 'legacy' || text === 'oci-1-1') return text
  throw new Error(`${JSON.stringify(text)} is none of bundle, legacy, oci-1-1`)
}

/** The format that was asked for, else the one that the installed cosign does best. */
export function chooseFormat(asked: Format | undefined, { major }: CosignVersion): Format {
  return asked ?? (major === 3 ? 'bundle' : 'legacy')
}

/** Why a format was chosen that nobody asked for: another cosign on PATH would bring another. */
export function reasonOf(format: Format, { text }: CosignVersion): string {
  return `format ${format}, since the input is empty and cosign is ${text}`
}

/**
 * Refuses what this cosign would silently leave out, or only refuse once the key is open.
 *
 * @throws KnownError SIGN_FORMAT
 */
export function refuseImpossible(
  format: Format,
  { major, text }: CosignVersion,
  annotations: readonly string[],
): void {
  if (major !== 2) return
  // It splits at each equals sign, not at the first.
  const unreadable = annotations.find((annotation) => annotation.split('=').length > 2)
  if (unreadable !== undefined) {
    throw new KnownError(
      'SIGN_FORMAT',
      `cosign ${text} cannot read the annotation ${JSON.stringify(unreadable)}: it takes no = in a value`,
      { hint: 'Use cosign 3, or a value without it.' },
    )
  }
  if (format !== 'bundle' || annotations.length === 0) return
  throw new KnownError(
    'SIGN_FORMAT',
    `cosign ${text} leaves annotations out of a bundle without a word, and ${annotations.length} were given`,
    { hint: 'Use cosign 3, format legacy, or no annotations.' },
  )
}

/** What a format cannot promise, for the log and the summary; undefined where nothing is amiss. */
export function caveatOf(format: Format, { major }: CosignVersion): string | undefined {
  if (format === 'oci-1-1') {
    return 'format oci-1-1 is experimental: verifiers look at the last referrer only, so a second key, or a second signer at the same time, hides the first signature, and a rotation of keys is not possible'
  }
  if (format === 'bundle' && major === 2) {
    return 'cosign 2 writes bundles that a Kyverno ClusterPolicy does not find on a registry without the referrers API; use cosign 3'
  }
  return undefined
}
