import { execFile } from 'node:child_process'
import * as https from 'node:https'
import { promisify } from 'node:util'
import {
  addTier,
  generateCosignKeyPair,
  prepareVault,
  pushBlob,
  pushImage,
  putManifest,
  requestRegistry,
  startGitServer,
  startRegistry,
  startTokenReview,
  startVault,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'

function statusOf(
  url: string,
  ca: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
  })
}

describe('the registry of the tests', () => {
  it('speaks TLS by its private CA and knows its account alone', async () => {
    await using registry = await startRegistry()
    const { host, caPem, username, password } = registry
    const basic = (secret: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
    })
    expect(await statusOf(`https://${host}/v2/`, caPem)).toBe(401)
    expect(await statusOf(`https://${host}/v2/`, caPem, basic('wrong'))).toBe(401)
    expect(await statusOf(`https://${host}/v2/`, caPem, basic(password))).toBe(200)
  })

  it.each([
    [false, 404],
    [true, 200],
  ])('with referrers: %s answers the referrers API with %i', async (referrers, status) => {
    await using registry = await startRegistry({ referrers })
    const digest = await pushImage(registry, 'dev/payments', { tag: '1', seed: 'a' })
    expect(await pushImage(registry, 'dev/payments', { tag: '1', seed: 'b' })).not.toBe(digest)
    const answer = await requestRegistry(registry, 'GET', `dev/payments/referrers/${digest}`)
    expect(answer.status).toBe(status)
  })

  it('lists referrers in the order in which they came', async () => {
    await using registry = await startRegistry({ referrers: true })
    const path = 'dev/payments'
    const subject = await pushImage(registry, path)
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const empty = await pushBlob(
      registry,
      path,
      'application/vnd.oci.empty.v1+json',
      Buffer.from('{}'),
    )
    const pushed: string[] = []
    for (const name of ['e', 'a', 'd', 'b', 'c', 'f']) {
      const manifest = {
        schemaVersion: 2,
        mediaType,
        artifactType: 'application/x-test',
        config: empty,
        layers: [empty],
        subject: { mediaType, digest: subject, size: 1 },
        annotations: { name },
      }
      const bytes = Buffer.from(JSON.stringify(manifest))
      pushed.push(await putManifest(registry, path, undefined, mediaType, bytes))
    }
    const { body } = await requestRegistry(registry, 'GET', `${path}/referrers/${subject}`)
    const listed: { manifests: { digest: string }[] } = JSON.parse(body.toString())
    expect(listed.manifests.map(({ digest }) => digest)).toEqual(pushed)
  })
})

describe.each(['openbao', 'vault'] as const)('the Vault of the tests (%s)', (flavour) => {
  it('lets a tier read its own key and no other', async () => {
    await using vault = await startVault({ flavour })
    await using reviewer = await startTokenReview()
    await prepareVault(vault, reviewer)
    for (const tier of ['dev', 'prod'])
      await addTier(vault, { tier, keys: generateCosignKeyPair('p') })
    const login = await vault.request('POST', 'auth/kubernetes/login', {
      role: 'ci-signer-dev',
      jwt: reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' }),
    })
    expect(login.status).toBe(200)
    const { client_token: token } = Object(login.body['auth'])
    const own = await vault.request('GET', 'cosign/data/tiers/dev', undefined, token)
    const other = await vault.request('GET', 'cosign/data/tiers/prod', undefined, token)
    expect([own.status, other.status]).toEqual([200, 403])
  })

  it('refuses the service account of another tier, another audience and an expired token', async () => {
    await using vault = await startVault({ flavour })
    await using reviewer = await startTokenReview()
    await prepareVault(vault, reviewer)
    await addTier(vault, { tier: 'dev', keys: generateCosignKeyPair('p') })
    const claims = [
      { namespace: 'ci-prod', name: 'ci-signer' },
      { namespace: 'ci-dev', name: 'ci-signer', audience: 'other' },
      { namespace: 'ci-dev', name: 'ci-signer', expiresInSeconds: -60 },
    ]
    for (const claim of claims) {
      const jwt = reviewer.issue(claim)
      const { status } = await vault.request('POST', 'auth/kubernetes/login', {
        role: 'ci-signer-dev',
        jwt,
      })
      expect(status).toBe(403)
    }
  })
})

describe('the git server of the tests', () => {
  it('clones and takes pushes with the token, and not without', async () => {
    await using server = await startGitServer()
    const url = server.createRepository('deployments', { 'a/b.txt': 'one\n' })
    const cwd = temporaryDirectory('clone')
    const env = {
      PATH: process.env['PATH'] ?? '',
      GIT_SSL_CAINFO: server.caPath,
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_GLOBAL: '/dev/null',
    }
    // Never a synchronous call: the server answers in this process.
    const git = (...args: string[]) => promisify(execFile)('git', args, { cwd, env })
    await expect(git('clone', '--quiet', url, 'refused')).rejects.toThrow(
      /Authentication failed|could not read Username/,
    )
    const header = `http.extraHeader=Authorization: Bearer ${server.token}`
    await git('-c', header, 'clone', '--quiet', url, 'work')
    const author = ['-c', 'user.name=t', '-c', 'user.email=t@invalid']
    await git('-C', 'work', ...author, 'commit', '-q', '--allow-empty', '-m', 'x')
    await git('-C', 'work', '-c', header, 'push', '--quiet', 'origin', 'main')
    expect(server.readFile('deployments', 'a/b.txt')).toBe('one\n')
  })
})
