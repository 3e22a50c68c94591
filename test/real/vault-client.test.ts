import { loadCertificateAuthority } from '@tierseal/https'
import { lacksTools, startVault, type TestVault } from '@tierseal/test-kit'
import { parseVaultAddress, VaultClient, type VaultSession } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const flavours = ['openbao', 'vault'] as const

for (const flavour of flavours) {
  describe.skipIf(lacksTools(flavour))(`the Vault client, with a real ${flavour}`, () => {
    let vault: TestVault
    let client: VaultClient
    let root: VaultSession

    const clientFor = (
      namespace = '',
      ca: string | undefined = vault.caPath,
      timeoutMs = 10_000,
    ): VaultClient =>
      new VaultClient({
        address: parseVaultAddress(vault.address),
        namespace,
        ca: ca === undefined ? undefined : loadCertificateAuthority(ca),
        timeoutMs,
      })

    beforeAll(async () => {
      vault = await startVault({ flavour })
      client = clientFor()
      root = client.session(vault.rootToken)
      const body = { type: 'kv', options: { version: '2' } }
      await root.request({ method: 'POST', path: 'sys/mounts/keys', body })
      // A new mount upgrades itself for a moment and answers 400 meanwhile.
      await vi.waitFor(() => root.writeKv({ mount: 'keys', path: 'ready' }, {}, 0), 30_000)
    })

    afterAll(async () => {
      client.close()
      await vault.stop()
    })

    const newToken = async (settings: Record<string, unknown> = {}): Promise<string> => {
      const body = { policies: ['default'], ttl: '5m', ...settings }
      const { auth } = await root.request({ method: 'POST', path: 'auth/token/create', body })
      return String(auth?.['client_token'])
    }

    test('writes a secret only on top of the version it knows', async () => {
      const secret = { mount: 'keys', path: 'tiers/dev' }
      expect(await root.writeKv(secret, { private_key: 'a' }, 0)).toBe(1)
      expect(await root.writeKv(secret, { private_key: 'b' }, 1)).toBe(2)
      const conflict = { code: 'VAULT_WRITE_CONFLICT' }
      await expect(root.writeKv(secret, { private_key: 'c' }, 1)).rejects.toMatchObject(conflict)
      await expect(root.writeKv(secret, { private_key: 'c' }, 0)).rejects.toMatchObject(conflict)
      const read = await root.readKv({ ...secret, kvVersion: 2 })
      expect(read).toMatchObject({ version: 2, data: { private_key: 'b' } })
      const first = await root.readKv({ ...secret, kvVersion: 2, version: 1 })
      expect(first).toMatchObject({ version: 1, data: { private_key: 'a' } })
    })

    test('reads and writes paths with characters that a URL escapes', async () => {
      const secret = { mount: 'keys', path: 'tiers/a=b&c%2Fd+é' }
      await root.writeKv(secret, { private_key: 'odd' }, 0)
      const { data } = await root.readKv({ ...secret, kvVersion: 2 })
      expect(data).toEqual({ private_key: 'odd' })
    })

    test('asks what a token may do: nothing is deny', async () => {
      const session = client.session(await newToken())
      const found = await session.capabilities(['keys/data/tiers/dev', 'auth/token/lookup-self'])
      expect(Object.fromEntries(found)).toEqual({
        'keys/data/tiers/dev': ['deny'],
        'auth/token/lookup-self': ['read'],
      })
    })

    test('a revoked token is dead, and revoking it again is no failure', async () => {
      const session = client.session(await newToken())
      await session.capabilities(['auth/token/revoke-self'])
      expect(await session.revokeSelf()).toBe('revoked')
      await expect(session.find('auth/token/lookup-self')).rejects.toMatchObject({
        code: 'VAULT_DENIED',
      })
      expect(await session.revokeSelf()).toBe('already gone')
    })

    test('a token that may not revoke itself is not taken for one that is gone', async () => {
      const token = await newToken({ policies: ['none'], no_default_policy: true })
      const refused = client.session(token).revokeSelf()
      await expect(refused).rejects.toMatchObject({ code: 'VAULT_REVOKE_FAILED' })
      const body = { token }
      const path = 'auth/token/lookup'
      expect((await root.request({ method: 'POST', path, body })).data?.['id']).toBe(token)
    })

    test('a batch token says that it cannot be revoked', async () => {
      const session = client.session(await newToken({ type: 'batch' }))
      await expect(session.revokeSelf()).rejects.toMatchObject({ code: 'VAULT_REVOKE_FAILED' })
    })

    test('a wrap outlives the token that made it, opens once, and tells its origin', async () => {
      await root.request({
        method: 'POST',
        path: 'sys/policies/acl/reader',
        body: { policy: 'path "keys/data/ready" { capabilities = ["read"] }' },
      })
      const session = client.session(await newToken({ policies: ['default', 'reader'] }))
      const secret = { mount: 'keys', path: 'ready', kvVersion: 2 } as const
      const askedAt = Date.now()
      const { token, creationPath, expiresAt } = await session.readKvWrapped(secret, 30)
      expect(expiresAt).toBeGreaterThanOrEqual(askedAt + 30_000)
      expect(expiresAt).toBeLessThanOrEqual(Date.now() + 30_000)
      await session.revokeSelf()
      expect(creationPath).toBe('keys/data/ready')
      expect(await client.lookupWrapping(token)).toBe(creationPath)
      expect((await client.unwrap(token)).data?.['metadata']).toMatchObject({ version: 1 })
      // A node that lags would say the same for a while, so the client asks until its time is over.
      const hasty = clientFor('', vault.caPath, 3000)
      const spent = { code: 'VAULT_WRAPPING_SPENT' }
      await Promise.all([
        expect(hasty.unwrap(token)).rejects.toMatchObject(spent),
        expect(hasty.lookupWrapping(token)).rejects.toMatchObject(spent),
      ])
      hasty.close()
    })

    test('trusts no server because the environment says so', async () => {
      vi.stubEnv('VAULT_SKIP_VERIFY', 'true')
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
      vi.stubEnv('VAULT_CACERT', vault.caPath)
      const stranger = new VaultClient({
        address: parseVaultAddress(vault.address),
        namespace: '',
        ca: undefined,
        timeoutMs: 30_000,
      })
      const asked = stranger.session(vault.rootToken).find('auth/token/lookup-self')
      await expect(asked).rejects.toMatchObject({ code: 'TLS_UNTRUSTED' })
      vi.unstubAllEnvs()
      stranger.close()
    })

    // The community edition of HashiCorp Vault has no namespaces.
    if (flavour === 'openbao') {
      test('keeps to its namespace', async () => {
        await root.request({ method: 'POST', path: 'sys/namespaces/team', body: {} })
        const team = clientFor('team')
        const body = { type: 'kv', options: { version: '1' } }
        const session = team.session(vault.rootToken)
        await session.request({ method: 'POST', path: 'sys/mounts/own', body })
        const secret = { mount: 'own', path: 'x', kvVersion: 1 } as const
        await session.request({ method: 'POST', path: 'own/x', body: { a: 'b' } })
        expect((await session.readKv(secret)).data).toEqual({ a: 'b' })
        await expect(root.readKv(secret)).rejects.toMatchObject({ code: 'VAULT_MOUNT_MISSING' })
        team.close()
      })
    }
  })
}
