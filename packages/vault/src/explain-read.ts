import { KnownError } from '@tierseal/errors'
import { explainRefusal } from './explain-refusal.ts'
import { recordOf, textOf } from './json.ts'
import { type KvSecret, kvDataPath } from './path.ts'
import type { VaultRefusal } from './refusal.ts'

/** The known error behind a secret that could not be read (facts: vault.md 2). */
export function explainRead(
  refusal: VaultRefusal,
  secret: KvSecret & { readonly version?: number | undefined },
  address: string,
): KnownError {
  const path = kvDataPath(secret)
  const which = secret.version === undefined ? path : `${path}, version ${secret.version}`
  if (refusal.status === 404 && refusal.errors.length === 0) return absent(refusal, secret, which)
  const known = explainRefusal(refusal, { address, doing: `reading ${which}` })
  if (known.code !== 'VAULT_DENIED') return known
  return new KnownError(known.code, known.message, { hint: deniedHint })
}

const deniedHint = `The policy of the role must grant read on exactly this path (KV version 2 has data/ after the mount).
A policy with required_parameters wants a pinned version; one with min_wrapping_ttl wants handover wrapped.`

/**
 * The known error behind a 404 that came out of a wrapping token: Vault wraps its own 404 of a deleted
 * version, or of a path for the other KV version, as if it were the secret (seen on OpenBao 2.7.2 and
 * HashiCorp Vault 1.21). Undefined for anything else.
 */
export function explainUnwrapped(refusal: VaultRefusal, which: string): KnownError | undefined {
  if (refusal.status !== 404) return undefined
  return explainWarning(refusal, which) ?? explainGone(refusal, which)
}

function absent(refusal: VaultRefusal, secret: KvSecret, which: string): KnownError {
  const known = explainWarning(refusal, secret.mount) ?? explainGone(refusal, which)
  if (known !== undefined) return known
  return new KnownError('VAULT_SECRET_MISSING', `there is no secret at ${which}`, {
    hint: `Check the mount, the path and the version. Given was KV version ${secret.kvVersion}.`,
  })
}

function explainWarning({ warnings }: VaultRefusal, which: string): KnownError | undefined {
  if (!warnings.some((text) => /versioned K\/V/i.test(text))) return undefined
  return new KnownError('VAULT_KV_VERSION', `${which} belongs to an engine of KV version 2`, {
    hint: 'Set kv-version to 2 and leave data/ out of the path.',
  })
}

function explainGone(refusal: VaultRefusal, which: string): KnownError | undefined {
  const metadata = recordOf(refusal.data, 'metadata')
  if (metadata === undefined) return undefined
  const destroyed = metadata['destroyed'] === true
  const how = destroyed ? 'was destroyed' : `was deleted at ${textOf(metadata, 'deletion_time')}`
  return new KnownError('VAULT_SECRET_DELETED', `${which} ${how}`, {
    hint: destroyed ? 'Pin a version that lives.' : 'Undelete it, or pin a version that lives.',
  })
}
