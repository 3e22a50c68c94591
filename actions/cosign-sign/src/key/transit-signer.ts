import { log, maskSecret } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import { recordOf } from '@tierseal/json'
import {
  breadthOf,
  type Login,
  openTransitLogin,
  refuseOtherBreadth,
  refuseUnfitToken,
  type TransitHandle,
  transitBreadth,
  type VaultSession,
} from '@tierseal/vault'
import { explainSpent } from './explain-spent.ts'
import { refuseEd25519 } from './key-type.ts'
import { type PublicKey, parsePublicKey } from './public-key.ts'
import type { Signer } from './signer.ts'

/**
 * A signer whose key stays in Vault. The login that the handle holds back is opened here, its breadth
 * is proven, and close() revokes it.
 *
 * @param timeoutMs deadline of opening, and then of each signature
 * @throws KnownError VAULT_WRAPPING_SPENT, VAULT_HANDLE_EXPIRED, SIGN_TRANSIT, VAULT_POLICY_*, what refuseUnfitToken and
 *   proveKeyType throws where the key is not on P-256, and what requests throw
 */
export async function transitSigner(handle: TransitHandle, timeoutMs: number): Promise<Signer> {
  const { client, session, login } = await openTransitLogin(handle, timeoutMs)
  maskSecret(login.token)
  const close = async (): Promise<void> => {
    await revoke(session, login)
    client.close()
  }
  try {
    refuseUnfitToken(login, leastRequests)
    const breadth = breadthOf(transitBreadth(handle, handle.siblings), { denied: handle.denied })
    await refuseOtherBreadth(session, login, breadth, handle.expectedPolicies)
    const { publicKey, version } = await readKey(session, handle)
    // The key is open: from here each signature has a deadline of its own.
    client.deadlineAt = undefined
    let requests = leastRequests - 1
    return {
      publicKey,
      sign: (digest) => {
        requests += 1
        return requestSignature(session, handle, version, digest).catch((error: unknown) => {
          throw explainSpent(error, login, requests)
        })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

// What the token may do, the public key, one signature.
const leastRequests = 3

// The signature counts, not this: the token dies by itself at the end of its time.
async function revoke(session: VaultSession, { ttlSeconds }: Login): Promise<void> {
  try {
    await session.revokeSelf()
  } catch (error) {
    log.warning(`the Vault token lives for another ${ttlSeconds} s at most: ${messageOf(error)}`)
  }
}

interface TransitKey {
  readonly publicKey: PublicKey
  readonly version: number
}

async function readKey(session: VaultSession, handle: TransitHandle): Promise<TransitKey> {
  const { mount, key, keyVersion } = handle
  const path = `${mount}/keys/${key}`
  const { data } = await session.request({ method: 'GET', path, retry: 'read' })
  const version = keyVersion ?? data?.['latest_version']
  const entry = recordOf(data, 'keys', String(version))
  const pem = entry?.['public_key']
  // Not in PEM, as the others are, but the bare bytes.
  if (data?.['type'] === 'ed25519') throw refuseEd25519()
  if (typeof version === 'number' && typeof pem === 'string' && pem !== '') {
    return { version, publicKey: parsePublicKey(pem) }
  }
  throw new KnownError(
    'SIGN_TRANSIT',
    `${path} has no public key of version ${JSON.stringify(version)}`,
    {
      hint: 'The key must be of type ecdsa-p256, and its version not below min_decryption_version.',
    },
  )
}

async function requestSignature(
  session: VaultSession,
  { mount, key }: TransitHandle,
  version: number,
  digest: Buffer,
): Promise<Buffer> {
  const path = `${mount}/sign/${key}/sha2-256`
  const body = { input: digest.toString('base64'), prehashed: true, key_version: version }
  // A second signature of the same digest does no harm, so a broken connection may be tried again.
  const { data } = await session.request({ method: 'POST', path, body, retry: 'read' })
  const signature = data?.['signature']
  const encoded =
    typeof signature === 'string' ? /^vault:v\d+:(.+)$/.exec(signature)?.[1] : undefined
  if (encoded !== undefined) return Buffer.from(encoded, 'base64')
  throw new KnownError('SIGN_TRANSIT', `${path} answered without a signature`, {
    hint: 'Look at what stands between here and Vault.',
  })
}
