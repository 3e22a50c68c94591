import { runAction } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { describeEachVault } from './vault/each-vault.ts'

describeEachVault('vault-fetch-key explains a login', ({ flavour, site, run, refused }) => {
  test.each([
    ['VAULT_ROLE_UNKNOWN', { role: 'nobody' }, {}],
    ['VAULT_SERVICE_ACCOUNT_REFUSED', {}, { name: 'default' }],
    ['VAULT_KUBERNETES_NAMESPACE_REFUSED', {}, { namespace: 'ci-prod' }],
    ['VAULT_AUDIENCE_REFUSED', {}, { audience: 'https://kubernetes.default.svc' }],
    ['VAULT_JWT_EXPIRED', {}, { expiresInSeconds: -60 }],
    ['VAULT_LOGIN_DENIED', { 'auth-mount': 'elsewhere' }, {}],
  ])('%s', async (code, inputs, claims) => {
    const tokenFile = site().tokenFile(claims)
    expect(await refused({ ...inputs, 'token-file': tokenFile })).toContain(`::error::${code}`)
  })

  test('tells what the token says of itself, and what is wrong with it', async () => {
    const tokenFile = site().tokenFile({
      audience: 'https://kubernetes.default.svc',
      expiresInSeconds: -60,
    })
    const log = await refused({ 'token-file': tokenFile })
    expect(log).toContain(
      'service account ci-dev/ci-signer, audience https://kubernetes.default.svc',
    )
    expect(log).toContain('its audience is not vault')
    expect(log).toContain('it has expired by the clock here')
  })

  test('where the auth mount was never configured', async () => {
    await site().ask('POST', 'sys/auth/bare', { type: 'kubernetes' })
    const log = await refused({ 'auth-mount': 'bare' })
    expect(log).toMatch(/VAULT_AUTH_NOT_CONFIGURED|VAULT_ROLE_UNKNOWN/)
  })

  test('where Vault cannot reach the API server: the causes are listed', async () => {
    await site().ask('POST', 'sys/auth/deaf', { type: 'kubernetes' })
    await site().ask('POST', 'auth/deaf/config', {
      kubernetes_host: 'http://127.0.0.1:9',
      kubernetes_ca_cert: site().caPem,
      disable_local_ca_jwt: true,
    })
    await site().ask('POST', 'auth/deaf/role/ci-signer-dev', {
      bound_service_account_names: 'ci-signer',
      bound_service_account_namespaces: 'ci-dev',
      audience: 'vault',
    })
    const log = await refused({ 'auth-mount': 'deaf' })
    expect(log).toMatch(/VAULT_LOGIN_DENIED[\s\S]*dial tcp: Vault does not reach kubernetes_host/)
  })

  test('at a mount with characters that HTML would escape, works', async () => {
    await site().ask('POST', `sys/auth/${encodeURIComponent('ci=a&b')}`, { type: 'kubernetes' })
    const log = await refused({ 'auth-mount': 'ci=a&b' })
    // Reached: a mount that is not there would be VAULT_LOGIN_DENIED.
    expect(log).toMatch(/VAULT_AUTH_NOT_CONFIGURED|VAULT_ROLE_UNKNOWN/)
  })

  test('inputs: every problem at once', async () => {
    const log = await refused({
      'vault-address': 'http://vault.internal:8200',
      role: '',
      handover: 'post',
      'kv-version': '3',
      'secret-path': 'tiers/*',
      'timeout-seconds': '0',
    })
    for (const name of [
      'vault-address',
      'role',
      'handover',
      'kv-version',
      'secret-path',
      'timeout-seconds',
    ]) {
      expect(log).toContain(`input ${name}:`)
    }
  })

  test('a CA that did not sign the certificate, whatever the environment says', async () => {
    const inputs = { ...site().inputs, 'vault-ca': '' }
    const env = {
      VAULT_SKIP_VERIFY: 'true',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      VAULT_CACERT: site().caPath,
    }
    const { exitCode, stdout } = await runAction('vault-fetch-key', { inputs, env })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('::error::TLS_UNTRUSTED')
  })

  // The community edition of HashiCorp Vault has no namespaces and ignores the header.
  if (flavour === 'openbao') {
    test('a namespace that is not there', async () => {
      expect(await refused({ 'vault-namespace': 'nowhere' })).toContain('VAULT_NAMESPACE_UNKNOWN')
    })
  }

  test('waits out a rate limit that passes', async () => {
    const quota = 'sys/quotas/rate-limit/narrow'
    await site().ask('POST', quota, { path: 'auth/kubernetes', rate: 1, interval: '1s' })
    try {
      const runs = await Promise.all([run(), run(), run()])
      expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    } finally {
      await site().ask('DELETE', quota)
    }
  })

  // Last: nothing works afterwards.
  test('a sealed Vault', async () => {
    await site().ask('POST', 'sys/seal')
    expect(await refused({ 'timeout-seconds': '3' })).toContain('::error::VAULT_SEALED')
  })
})
