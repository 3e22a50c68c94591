import { leastPolicy, type Rules, type Site } from './site.ts'

/** What a token needs to sign with the transit key `dev`. */
export const transitPolicy = {
  'transit/keys/dev': ['read'],
  'transit/sign/dev/sha2-256': ['update'],
  'sys/capabilities-self': leastPolicy['sys/capabilities-self'],
  'auth/token/revoke-self': leastPolicy['auth/token/revoke-self'],
} as const satisfies Rules

/** The inputs of vault-fetch-key by which a site's key is handed over in each way. */
export const handoverInputs = {
  wrapped: { handover: 'wrapped' },
  file: { handover: 'file' },
  transit: {
    handover: 'transit',
    'transit-key': 'dev',
    role: 'transit-dev',
    'expected-policies': 'transit-dev',
    'secret-path': '',
    'public-path': '',
    'sibling-paths': '',
  },
} as const

/** Adds the engine, its key `dev`, and the role `transit-dev` that may sign with it. */
export async function addTransit(site: Site, rules: Rules = transitPolicy): Promise<void> {
  await site.ask('POST', 'sys/mounts/transit', { type: 'transit' })
  await site.ask('POST', 'transit/keys/dev', { type: 'ecdsa-p256' })
  await site.writePolicy('transit-dev', rules)
  await site.writeRole('transit-dev', { token_policies: 'transit-dev' })
}
