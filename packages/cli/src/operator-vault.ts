import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { loadCertificateAuthority } from '@tierseal/https'
import { parseVaultAddress, VaultClient, type VaultSession } from '@tierseal/vault'
import type { SiteContext } from './site-context.ts'
import type { Invocation } from './verb.ts'

export const vaultOptions = {
  'vault-ca': { type: 'string' },
  'token-file': { type: 'string' },
} as const

export const vaultHelp = {
  'vault-ca': 'FILE  the CA of Vault on this machine (default: vault.ca of tiers.yaml)',
  'token-file': 'FILE  a file with a Vault token (default: the environment variable VAULT_TOKEN)',
}

/** A session with the Vault of the site as the person who runs the command; ended by the callback's end. */
export async function asOperator<T>(
  invocation: Invocation,
  { loaded }: SiteContext,
  act: (session: VaultSession) => Promise<T>,
): Promise<T> {
  const { vault } = loaded.site
  const token = operatorToken(invocation)
  const ca = invocation.text('vault-ca') ?? readableOr(vault.ca)
  const client = new VaultClient({
    address: parseVaultAddress(vault.address),
    namespace: vault.namespace ?? '',
    ca:
      ca === undefined
        ? undefined
        : loadCertificateAuthority(resolve(invocation.terminal.folder, ca)),
    timeoutMs: 30_000,
  })
  try {
    return await act(client.session(token))
  } finally {
    client.close()
  }
}

// tiers.yaml names the file on the runner; this machine may trust Vault by other means.
function readableOr(path: string | undefined): string | undefined {
  return path !== undefined && existsSync(path) ? path : undefined
}

// Never from the command line, which every user of the machine can read.
function operatorToken({ text, terminal }: Invocation): string {
  const file = text('token-file')
  const token = file === undefined ? terminal.env['VAULT_TOKEN'] : readToken(terminal.folder, file)
  if (token !== undefined && token !== '') return token
  throw new KnownError('VAULT_TOKEN_MISSING', 'there is no Vault token to work with', {
    hint: 'Log in with vault login, then set VAULT_TOKEN, or give --token-file FILE.',
  })
}

function readToken(folder: string, file: string): string {
  const path = resolve(folder, file)
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  throw new KnownError('VAULT_TOKEN_MISSING', `there is no token file ${path}`)
}
