import { KnownError } from '@tierseal/errors'

/** The base address of a Vault: scheme, host, port and perhaps a path, without a trailing slash. */
export interface VaultAddress {
  readonly text: string
  /** Only for a loopback address, where a Vault agent listens: nothing leaves the machine. */
  readonly plainHttp: boolean
}

/**
 * Reads the address of a Vault server.
 *
 * @throws KnownError VAULT_ADDRESS_INVALID for anything but https, or http to the machine itself
 */
export function parseVaultAddress(text: string): VaultAddress {
  const flaw = findFlaw(text)
  if (flaw !== undefined) {
    throw new KnownError('VAULT_ADDRESS_INVALID', `the Vault address cannot be used: ${flaw}`, {
      hint: 'Expected https://host:port, such as https://vault.internal:8200.',
    })
  }
  const { protocol, origin, pathname } = new URL(text)
  return { text: origin + pathname.replace(/\/+$/, ''), plainHttp: protocol === 'http:' }
}

// The text is not quoted where it may hold a password.
function findFlaw(text: string): string | undefined {
  if (!URL.canParse(text)) return `${JSON.stringify(text)} is not a URL`
  const { protocol, username, password, search, hash, hostname, pathname } = new URL(text)
  if (username !== '' || password !== '') return 'it holds credentials'
  if (search !== '' || hash !== '') return 'it has a query or a fragment'
  if (/^\/v1(\/|$)/.test(pathname)) return 'it ends in /v1, which is added here'
  if (protocol === 'https:') return undefined
  if (protocol === 'http:' && isLoopback(hostname)) return undefined
  return `${protocol}// would show the tokens to the network`
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
