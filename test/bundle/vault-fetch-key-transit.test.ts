import { createHash } from 'node:crypto'
import { openTransitLogin } from '@tierseal/vault'
import { beforeAll, expect, test } from 'vitest'
import { describeEachVault } from './vault/each-vault.ts'
import { member } from './vault/site.ts'
import { addTransit, transitPolicy } from './vault/transit.ts'

describeEachVault(
  'vault-fetch-key, handover transit',
  ({ site, run, fetched, refused, roleWith, startBetween }) => {
    const policy = { ...transitPolicy, 'cosign/data/public/dev': ['read'] }
    const inputs = {
      role: 'transit-dev',
      handover: 'transit',
      'transit-key': 'dev',
      'sibling-paths': 'prod',
      'expected-policies': 'transit-dev',
    }

    beforeAll(() => addTransit(site(), policy))

    test('hands over a login that nobody has seen, good for signing with the one key', async () => {
      const { handle, outputs } = await fetched(inputs)
      if (handle.kind !== 'transit') expect.fail(`a handle of kind ${handle.kind}`)
      const { client, session } = await openTransitLogin(handle, 5000)
      await session.capabilities(['auth/token/revoke-self'])
      const input = Buffer.alloc(32).toString('base64')
      const path = 'transit/sign/dev/sha2-256'
      const { data } = await session.request({
        method: 'POST',
        path,
        body: { input, prehashed: true },
      })
      expect(data?.['signature']).toMatch(/^vault:v1:/)
      await session.revokeSelf()
      client.close()
      expect(outputs['public-key']).toBe(site().key.publicKey.trim())
    })

    test('without public-path never holds a token at all: one request', async () => {
      await using between = await startBetween()
      const unseen = { 'public-path': '', 'vault-address': between.url }
      const { handle } = await fetched({ ...inputs, ...unseen })
      expect(between.requests.map(({ path }) => path)).toEqual(['/v1/auth/kubernetes/login'])
      // What it could not check goes with the login that cosign-sign will open.
      expect(handle).toMatchObject({ expectedPolicies: ['transit-dev'], siblings: ['prod'] })
    })

    const own = 'transit/export/signing-key/dev'

    test.each([
      ['may sign with every key', { 'transit/sign/*': ['update'] }, 'transit/sign/prod'],
      ['may sign with the key of another tier', { 'transit/sign/prod': ['update'] }],
      ['may do so by another hash', { 'transit/sign/prod/sha2-512': ['update'] }],
      ['may get out the key of another tier', { 'transit/export/signing-key/prod': ['read'] }],
      ['may get out its own key', { [own]: ['read'] }],
      ['may get out its own key by version', { [`${own}/*`]: ['read'] }, `${own}/latest`],
      ['may back up its own key', { 'transit/backup/dev': ['read'] }],
      ['may make its key exportable', { 'transit/keys/dev/config': ['update'] }],
      ['may rotate its key', { 'transit/keys/dev/rotate': ['update'] }],
      ['may write its key', { 'transit/keys/dev': ['read', 'update'] }, 'instead of read alone'],
      [
        'may read a key that another tier has in KV',
        { 'cosign/data/tiers/*': ['read'] },
        'cosign/data/tiers/',
      ],
    ])('refuses a token that %s', async (_what, extra, shown = Object.keys(extra)[0] ?? '') => {
      const log = await refused({ ...inputs, ...(await roleWith({ ...policy, ...extra })) })
      expect(log).toContain('VAULT_POLICY_TOO_BROAD')
      expect(log).toContain(shown)
    })

    test.each([
      ['sign with keys whose name begins as its own', 'transit/sign/dev*', ['update']],
      ['read keys whose name begins as its own', 'transit/keys/dev*', ['read']],
      ['get those out', 'transit/export/signing-key/dev*', ['read']],
    ] as const)('refuses one that may %s', async (_what, path, rights) => {
      const role = await roleWith({ ...policy, [path]: rights })
      const log = await refused({ ...inputs, ...role })
      const found = path.replace('*', '-[0-9a-f-]{36}')
      expect(log).toMatch(new RegExp(`TOO_BROAD[\\s\\S]*- ${found}.*: ${rights[0]}`))
    })

    test('refuses one that may read the secret of a sibling', async () => {
      const secret = 'cosign/data/tiers/staging'
      const role = await roleWith({ ...policy, [secret]: ['read'] })
      const log = await refused({ ...inputs, ...role, 'sibling-paths': 'prod\ntiers/staging' })
      expect(log).toMatch(/TOO_BROAD[\s\S]*cosign\/data\/tiers\/staging: read/)
    })

    test('says where siblings are paths of secrets, and none is a key', async () => {
      const { annotations } = await run({ ...inputs, 'sibling-paths': 'tiers/prod' })
      expect(annotations).toEqual([
        { level: 'warning', message: expect.stringContaining('names no transit key') },
      ])
    })

    test('refuses one whose policy forgot the hash, and tells', async () => {
      const { 'transit/sign/dev/sha2-256': _, ...others } = policy
      const role = await roleWith({ ...others, 'transit/sign/dev': ['update'] })
      expect(await refused({ ...inputs, ...role })).toMatch(
        /TOO_NARROW[\s\S]*grants transit\/sign\/dev, which lacks the hash/,
      )
    })

    // Why every hash is asked about.
    test('a digest is signed as it is by the path of any hash', async () => {
      const input = createHash('sha256').update('image').digest().toString('base64')
      const body = { input, prehashed: true }
      const signed = await site().ask('POST', 'transit/sign/dev/sha2-512', body)
      const verified = await site().ask('POST', 'transit/verify/dev/sha2-256', {
        ...body,
        signature: member(signed, 'data', 'signature'),
      })
      expect(member(verified, 'data', 'valid')).toBe(true)
    })
  },
)
