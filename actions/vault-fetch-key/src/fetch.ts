import { maskSecret } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { encodeHandle, type HandleServer, VaultClient } from '@tierseal/vault'
import { othersSecrets } from './breadth.ts'
import { handOverFile } from './handover/file.ts'
import type { FetchContext, Fetched } from './handover/handover.ts'
import { handOverTransit } from './handover/transit.ts'
import { handOverWrapped } from './handover/wrapped.ts'
import type { Inputs } from './inputs.ts'
import { readServiceAccountToken, type ServiceAccountToken } from './service-account-token.ts'

const handOver: Readonly<Record<Inputs['handover'], (context: FetchContext) => Promise<Fetched>>> =
  {
    wrapped: handOverWrapped,
    transit: handOverTransit,
    file: handOverFile,
  }

/**
 * Reads the service account token and fetches the key as the inputs ask; the handle is masked when this
 * returns. When it returns or throws, no token that it held is alive, but for one inside a wrapped handle.
 *
 * @throws KnownError of the codes VAULT_*, HANDOVER_* and of the network
 */
export async function fetchHandle(inputs: Inputs): Promise<Fetched & { readonly key: string }> {
  const fetched = await fetchKey(inputs, readServiceAccountToken(inputs.tokenFile))
  const key = encodeHandle(fetched.handle)
  // A file handle is a path and no secret.
  if (fetched.handle.kind !== 'file') maskSecret(key)
  return { ...fetched, key }
}

async function fetchKey(inputs: Inputs, token: ServiceAccountToken): Promise<Fetched> {
  const { address, namespace = '', ca, timeoutMs } = inputs
  const server = { address: address.text, namespace, ca: ca?.path ?? ca?.pem ?? '' }
  refuseLongHandle(server, inputs)
  const deadlineAt = Date.now() + timeoutMs
  const client = new VaultClient({ address, namespace, ca, timeoutMs, deadlineAt })
  try {
    return await handOver[inputs.handover]({ client, inputs, token, server })
  } finally {
    client.close()
  }
}

// What a line of an output holds (action-kit), and what tokens, paths and names have together at the most.
const most = { outputBytes: 60 * 1024, restBytes: 4 * 1024 }

function refuseLongHandle(server: HandleServer, inputs: Inputs): void {
  const checks = inputs.handover === 'transit' ? [inputs.siblings, othersSecrets(inputs)] : []
  const long = Buffer.byteLength(JSON.stringify([server, checks]), 'utf8')
  const bytes = Math.ceil((long * 4) / 3) + most.restBytes
  if (bytes <= most.outputBytes) return
  throw new KnownError(
    'INPUT_INVALID',
    `the handle would have ${bytes} bytes, an output holds ${most.outputBytes}: vault-ca, where it is PEM, and with handover transit sibling-paths travel in it`,
    { hint: 'Give vault-ca as a path that both steps can read.' },
  )
}
