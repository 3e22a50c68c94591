// A runner cancels with SIGKILL and runs post afterwards: what is left then.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionResult,
  addTier,
  afterUpstream,
  type FaultServer,
  findLeftovers,
  findSecrets,
  lacksTools,
  makeCertificateAuthority,
  prepareVault,
  type Reply,
  type RunningAction,
  runAction,
  runPost,
  type SeenRequest,
  startAction,
  startFaultServer,
  startTokenReview,
  startVault,
  type TestVault,
  type TokenReview,
  temporaryDirectory,
  type Upstream,
} from '@tierseal/test-kit'
import { longestTokenSeconds, parseHandle } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'
import { hcl, member } from './vault/site.ts'

interface Moment {
  readonly key: 'env' | 'wrapped' | 'transit' | 'file'
  readonly request: string
  readonly of: 'registry' | 'Vault'
  readonly when: 'before' | 'after'
  /** How many tokens of Vault are left: not fewer, else the test would see nothing. */
  readonly tokens: number
}

/** The requests at which the step is killed. */
const requests: Readonly<Record<string, (seen: SeenRequest) => boolean>> = {
  'first request': () => true,
  'push of the signature': ({ method, path }) =>
    method === 'PUT' && /\/manifests\/sha256[-:]/.test(path),
  'upload of a blob': ({ method, path }) => method === 'POST' && path.includes('/blobs/uploads'),
  unwrapping: ({ path }) => path.endsWith('/wrapping/unwrap'),
  capabilities: ({ path }) => path.endsWith('/capabilities-self'),
  signing: ({ path }) => path.includes('/transit/sign/'),
  revocation: ({ path }) => path.endsWith('/revoke-self'),
}

const at = (
  key: Moment['key'],
  of: Moment['of'],
  request: string,
  when: Moment['when'],
  tokens = 0,
): Moment => ({ key, of, request, when, tokens })

const moments: readonly Moment[] = [
  at('env', 'registry', 'first request', 'before'),
  at('env', 'registry', 'upload of a blob', 'before'),
  at('env', 'registry', 'push of the signature', 'before'),
  at('env', 'registry', 'push of the signature', 'after'),
  at('file', 'registry', 'first request', 'before'),
  at('file', 'registry', 'push of the signature', 'before'),
  // What nobody has opened yet.
  at('wrapped', 'registry', 'first request', 'before', 1),
  at('wrapped', 'Vault', 'unwrapping', 'before', 1),
  at('wrapped', 'Vault', 'unwrapping', 'after'),
  at('wrapped', 'registry', 'push of the signature', 'before'),
  // The login inside, and the wrapping token around it.
  at('transit', 'Vault', 'unwrapping', 'before', 2),
  at('transit', 'Vault', 'unwrapping', 'after', 1),
  at('transit', 'Vault', 'capabilities', 'after', 1),
  at('transit', 'Vault', 'signing', 'before', 1),
  at('transit', 'Vault', 'signing', 'after', 1),
  at('transit', 'registry', 'push of the signature', 'after', 1),
  at('transit', 'Vault', 'revocation', 'before', 1),
  at('transit', 'Vault', 'revocation', 'after'),
]

describe.skipIf(lacksSigningTools || lacksTools('openbao'))('cosign-sign, killed', () => {
  let site: SignSite
  let vault: TestVault
  let reviewer: TokenReview
  let tokenFile: string
  const ca = makeCertificateAuthority(temporaryDirectory('killed-ca'))
  const tls = ca.issue('killed')

  beforeAll(async () => {
    site = await startSignSite({ ca })
    vault = await startVault({ flavour: 'openbao' })
    reviewer = await startTokenReview()
    await prepareVault(vault, reviewer)
    await addTier(vault, { tier: 'dev', keys: site.keys.dev })
    await addTransitRole(vault)
    tokenFile = join(temporaryDirectory('token'), 'token')
    writeFileSync(tokenFile, reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' }))
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
    await vault.stop()
    await reviewer.stop()
  })

  /** The step that fetches the key, from a Vault at this address; undefined where the key is in the environment. */
  async function fetchKey(kind: Moment['key'], address: string): Promise<ActionResult | undefined> {
    if (kind === 'env') return undefined
    const transit = { role: 'ci-signer-transit', 'transit-key': 'dev' }
    const kv = { role: 'ci-signer-dev', 'secret-path': 'tiers/dev', 'public-path': 'public/dev' }
    const server = { 'vault-address': address, 'token-file': tokenFile, handover: kind }
    return runAction('vault-fetch-key', {
      inputs: { ...server, ...(kind === 'transit' ? transit : kv) },
    })
  }

  function keyInputs(fetched: ActionResult | undefined): Record<string, string> {
    if (fetched === undefined) return {}
    const { key = '', 'public-key': publicKey = '' } = fetched.outputs
    return { key, password: '', 'public-key': publicKey }
  }

  async function accessors(): Promise<readonly unknown[]> {
    const { body } = await vault.request('LIST', 'auth/token/accessors')
    const keys = member(body, 'data', 'keys')
    return Array.isArray(keys) ? keys : []
  }

  async function lifeOf(accessor: unknown): Promise<number> {
    const { body } = await vault.request('POST', 'auth/token/lookup-accessor', { accessor })
    return Number(member(body, 'data', 'ttl'))
  }

  /** Signs between two servers of which one kills the step at the moment, and then runs post. */
  async function killedAt(moment: Moment, image: string): Promise<Killed> {
    let running: RunningAction | undefined
    const kill: Reply = () => running?.kill()
    const between = (of: Moment['of'], upstream: Upstream): Promise<FaultServer> => {
      const killing = moment.when === 'before' ? kill : afterUpstream(upstream, kill)
      const script = (seen: SeenRequest): Reply | undefined =>
        running !== undefined && of === moment.of && requests[moment.request]?.(seen)
          ? killing
          : undefined
      const secure = of === 'registry' ? { tls, host: '127.0.0.2' } : {}
      return startFaultServer({ script, upstream, ...secure })
    }
    await using toRegistry = await between('registry', {
      url: `https://${site.registry.host}`,
      caPem: ca.pem,
    })
    await using toVault = await between('Vault', { url: vault.address, caPem: vault.caPem })
    const before = await accessors()
    const fetched = await fetchKey(moment.key, toVault.url)
    const key = keyInputs(fetched)
    const proxied = image.replace(site.registry.host, toRegistry.host)
    running = startAction('cosign-sign', site.inputsFor({ image: proxied, ...key }))
    const main = await running.result
    const onDisk = findSecrets(main.directory, secretsOf())
    const post = await runPost(main)
    const made = (await accessors()).filter((accessor) => !before.includes(accessor))
    return { main, post, onDisk, left: await Promise.all(made.map(lifeOf)), fetched }
  }

  function secretsOf(): Readonly<Record<string, string>> {
    const { privateKey, password } = site.keys.dev
    return { privateKey, password, registryPassword: site.registry.password }
  }

  test.each(moments)(
    'with a key of kind $key, $when the answer of the $of to the $request: no key on disk, no process, and no token beyond its short life; the next run signs',
    { timeout: 180_000 },
    async (moment) => {
      const image = await site.push()
      const { main, post, onDisk, left, fetched } = await killedAt(moment, image)
      expect([main.signal, main.outputs]).toEqual(['SIGKILL', {}])
      expect(onDisk).toEqual([])
      expect(post.exitCode).toBe(0)
      expect(findLeftovers(main.directory).processes).toEqual([])
      expect(readdirSync(main.runnerTemp)).toEqual([])
      if (moment.key === 'file') expect(existsSync(keyFileOf(fetched))).toBe(false)
      if (fetched !== undefined) await runPost(fetched)
      expect(left).toHaveLength(moment.tokens)
      for (const ttl of left) {
        expect(ttl).toBeGreaterThan(0)
        expect(ttl).toBeLessThanOrEqual(longestTokenSeconds)
      }
      const { outputs, log } = await site.sign({ image })
      expect(`${outputs['signed']}${outputs['skipped']}`, log).toBe(image)
    },
  )
})

interface Killed {
  readonly main: ActionResult
  readonly post: ActionResult
  readonly onDisk: readonly unknown[]
  /** The seconds that each token has left which was made for the step. */
  readonly left: readonly number[]
  /** The step that fetched the key, whose own post is still to run. */
  readonly fetched: ActionResult | undefined
}

function keyFileOf(fetched: ActionResult | undefined): string {
  const handle = parseHandle(fetched?.outputs['key'] ?? '')
  return handle.kind === 'file' ? handle.path : expect.fail(`a handle of kind ${handle.kind}`)
}

// The longest life that the step accepts, so that what is left is bounded by the step.
async function addTransitRole(vault: TestVault): Promise<void> {
  await vault.request('POST', 'sys/mounts/transit', { type: 'transit' })
  await vault.request('POST', 'transit/keys/dev', { type: 'ecdsa-p256' })
  const policy = hcl({
    'transit/keys/dev': ['read'],
    'transit/sign/dev/sha2-256': ['update'],
    'auth/token/revoke-self': ['update'],
    'sys/capabilities-self': ['update'],
  })
  await vault.request('PUT', 'sys/policies/acl/transit', { policy })
  await vault.request('POST', 'auth/kubernetes/role/ci-signer-transit', {
    bound_service_account_names: 'ci-signer',
    bound_service_account_namespaces: 'ci-dev',
    audience: 'vault',
    token_policies: 'transit',
    token_no_default_policy: true,
    token_ttl: longestTokenSeconds,
    token_type: 'service',
  })
}
