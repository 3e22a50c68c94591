import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says of a key that Vault keeps (hashivault://). */
export const transitDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /VAULT_ADDR is not set/,
    code: 'SIGN_TRANSIT',
    cause: 'cosign was not told the address of Vault.',
    remedy: 'Set VAULT_ADDR; with this action, pass a handle of handover transit.',
  },
  {
    pattern: /read \.vault-token file|could not find token/,
    code: 'SIGN_TRANSIT',
    cause: 'cosign was given no token for Vault.',
    remedy: 'Set VAULT_TOKEN; with this action, pass a handle of handover transit.',
  },
  {
    pattern: /could not read data from transit key path: \S*\/keys\//,
    code: 'SIGN_TRANSIT',
    cause: 'The transit engine has no such key, or is mounted elsewhere.',
    remedy: 'Check the mount (TRANSIT_SECRET_ENGINE_PATH) and the name of the key.',
  },
  {
    pattern: /\/v1\/\S+\/keys\/\S+: dial tcp \S+: connect: connection refused/,
    code: 'CONNECTION_REFUSED',
    cause: 'Nothing listens at the address of Vault.',
    remedy: 'Check the address, and that Vault runs.',
  },
  {
    pattern: /\/v1\/\S+\/(?:keys|sign)\/[\s\S]*permission denied/,
    code: 'VAULT_DENIED',
    cause: 'The policy of the token does not allow to sign with this key.',
    remedy: 'Grant read on keys/<key> and update on sign/<key>/sha2-256.',
  },
]
