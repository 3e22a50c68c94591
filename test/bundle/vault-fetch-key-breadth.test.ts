import { expect, test } from 'vitest'
import { describeEachVault } from './vault/each-vault.ts'
import { leastPolicy, member } from './vault/site.ts'

const random = '[0-9a-f-]{36}'

describeEachVault('vault-fetch-key refuses a token', ({ site, fetched, refused, roleWith }) => {
  test.each([
    [
      'one that reads every tier',
      { 'cosign/data/tiers/*': ['read'] },
      'cosign/data/tiers/prod: read',
    ],
    [
      'one that reads by a + in its path',
      { 'cosign/data/+/prod': ['read'] },
      'cosign/data/tiers/prod',
    ],
    [
      'one that lists and reads the mount',
      { 'cosign/*': ['read', 'list'] },
      'cosign/metadata/tiers/dev',
    ],
    [
      'one that may write its own key',
      { 'cosign/data/tiers/dev': ['read', 'update'] },
      'instead of read alone',
    ],
    [
      'one that may replace the public key',
      { 'cosign/data/public/dev': ['read', 'update'] },
      'cosign/data/public/dev',
    ],
    [
      'one that sees the history of the key',
      { 'cosign/metadata/tiers/dev': ['read'] },
      'cosign/metadata/tiers/dev: read',
    ],
    ['one that changes policies', { 'sys/policies/acl/*': ['update'] }, 'sys/policies/acl/'],
    [
      'one that changes policies by their older path',
      { 'sys/policy/*': ['update'] },
      'sys/policy/',
    ],
    [
      'one that makes tokens by roles for them',
      { 'auth/token/create/*': ['update'] },
      'auth/token/create/',
    ],
    ['one that makes tokens', { 'auth/token/create': ['update'] }, 'auth/token/create: update'],
    [
      'one that signs with keys of the transit engine',
      { 'transit/sign/*': ['update'] },
      'transit/sign/',
    ],
  ])('%s', async (_what, extra, shown) => {
    const log = await refused(await roleWith({ ...leastPolicy, ...extra }))
    expect(log).toContain('VAULT_POLICY_TOO_BROAD')
    expect(log).toContain(shown)
  })

  // A tier dev-eu would be read by the second, and tiers/dev/old by the third.
  test.each([
    ['cosign/data/tiers/*', 'cosign/data/tiers/#'],
    ['cosign/data/tiers/dev*', 'cosign/data/tiers/dev-#'],
    ['cosign/data/tiers/dev-*', 'cosign/data/tiers/dev-#'],
    ['cosign/data/tiers/dev/*', 'cosign/data/tiers/dev/#'],
    ['cosign/data/+/dev', 'cosign/data/#/dev'],
    ['cosign/metadata/tiers/dev*', 'cosign/metadata/tiers/dev-#'],
    ['cosign/data/public/dev*', 'cosign/data/public/dev-#'],
  ])('a wildcard is found where no sibling is named: %s', async (path, found) => {
    const inputs = await roleWith({ ...leastPolicy, [path]: ['read'] })
    const log = await refused({ ...inputs, 'sibling-paths': '' })
    expect(log).toMatch(new RegExp(`TOO_BROAD[\\s\\S]*- ${found.replace('#', random)}: read`))
  })

  test('a glob in the place of its own path is found too', async () => {
    const { 'cosign/data/tiers/dev': _, ...others } = leastPolicy
    const inputs = await roleWith({ ...others, 'cosign/data/tiers/dev*': ['read'] })
    const log = await refused({ ...inputs, 'sibling-paths': '' })
    expect(log).toMatch(new RegExp(`TOO_BROAD[\\s\\S]*- cosign/data/tiers/dev-${random}: read`))
  })

  test('a policy that comes through the identity', async () => {
    const inputs = await roleWith(leastPolicy)
    const accessor = member(await site().ask('GET', 'sys/auth'), 'data', 'kubernetes/', 'accessor')
    await site().writePolicy('wide', { 'cosign/data/*': ['read'] })
    const entity = await site().ask('POST', 'identity/entity', {
      name: 'signer',
      policies: ['wide'],
    })
    const canonical_id = member(entity, 'data', 'id')
    // The alias of a Kubernetes login is the uid of the service account.
    const name = uidOf(site().jwt)
    const alias = { name, mount_accessor: accessor, canonical_id }
    await site().ask('POST', 'identity/entity-alias', alias)
    try {
      expect(await refused(inputs)).toContain('VAULT_POLICY_TOO_BROAD')
      const named = await refused({ ...inputs, 'expected-policies': inputs['role'] ?? '' })
      expect(named).toMatch(/VAULT_POLICY_UNEXPECTED.*carries wide/)
    } finally {
      await site().ask('DELETE', `identity/entity/id/${canonical_id}`)
    }
  })

  test('a policy that is not expected, such as default', async () => {
    const inputs = await roleWith(leastPolicy, { token_no_default_policy: false })
    const log = await refused({ ...inputs, 'expected-policies': inputs['role'] ?? '' })
    expect(log).toMatch(/VAULT_POLICY_UNEXPECTED.*carries default/)
  })

  test('one that cannot read its own key', async () => {
    const { 'cosign/data/tiers/dev': _, ...others } = leastPolicy
    const log = await refused(await roleWith(others))
    expect(log).toMatch(/VAULT_POLICY_TOO_NARROW[\s\S]*cosign\/data\/tiers\/dev: needs read/)
  })

  test('one whose policy forgot data/, which is told', async () => {
    const { 'cosign/data/tiers/dev': _, ...others } = leastPolicy
    const log = await refused(await roleWith({ ...others, 'cosign/tiers/dev': ['read'] }))
    expect(log).toMatch(
      /TOO_NARROW[\s\S]*grants cosign\/tiers\/dev, which is the path of the other/,
    )
  })

  test('one that cannot revoke itself, and says that it lives on', async () => {
    const { 'auth/token/revoke-self': _, ...others } = leastPolicy
    const log = await refused(await roleWith(others))
    expect(log).toMatch(/TOO_NARROW[\s\S]*auth\/token\/revoke-self: needs update/)
    expect(log).toMatch(/Besides, the token lives for another 300 s at most: .*not revoked/)
  })

  test.each([
    ['768h', 768 * 3600],
    ['16m', 960],
  ])(
    'one that lives for %s, which a killed step would leave behind; it is revoked',
    async (token_ttl, seconds) => {
      const before = await site().accessors()
      const log = await refused(await roleWith(leastPolicy, { token_ttl }))
      expect(log).toContain(`VAULT_TOKEN_LIFE: the role gives a token that lives for ${seconds} s`)
      expect(log).toContain('token_ttl=5m')
      expect(await site().accessors()).toEqual(before)
    },
  )

  test('one of a role that says nothing of its life, which is the default of Vault', async () => {
    const log = await refused(await roleWith(leastPolicy, { token_ttl: 0 }))
    expect(log).toContain('VAULT_TOKEN_LIFE: the role gives a token that lives for 2764800 s')
  })

  test('one that cannot be asked what it may do', async () => {
    const { 'sys/capabilities-self': _, ...others } = leastPolicy
    const log = await refused(await roleWith(others))
    expect(log).toMatch(/VAULT_DENIED: POST sys\/capabilities-self/)
  })

  test('a batch token, which cannot be revoked', async () => {
    const batch = { token_type: 'batch' }
    expect(await refused(await roleWith(leastPolicy, batch))).toContain('VAULT_BATCH_TOKEN')
  })

  test('a token with too few uses, before they are spent', async () => {
    const log = await refused(await roleWith(leastPolicy, { token_num_uses: 3 }))
    expect(log).toMatch(/VAULT_TOKEN_USES.*for 3 requests, and this step makes 4/)
    await fetched(await roleWith(leastPolicy, { token_num_uses: 4 }))
    // Without the public key there is one request less.
    await fetched({ ...(await roleWith(leastPolicy, { token_num_uses: 3 })), 'public-path': '' })
  })
})

function uidOf(jwt: string): unknown {
  const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  return member(claims, 'kubernetes.io', 'serviceaccount', 'uid')
}
