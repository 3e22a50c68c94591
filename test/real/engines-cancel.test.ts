// A person presses "cancel": each engine kills the step without a warning, then runs post.
import { mkdtempSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  addTier,
  type FaultServer,
  findLeftovers,
  findSecrets,
  generateCosignKeyPair,
  hang,
  lacksTools,
  makeCertificateAuthority,
  prepareVault,
  pushImage,
  startFaultServer,
  startRegistry,
  startTokenReview,
  startVault,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pushBaseImage } from './build/base-image.ts'
import {
  type Engine,
  engines,
  startWorkflow,
  type WorkflowOptions,
  type WorkflowRun,
  workflow,
} from './engines/run-workflow.ts'
import { makeSigningKey } from './pin-signing-key.ts'
import { digestOf, registry as pinned } from './pin-site.ts'

const tools = { kustomize: 'kustomize', buildah: 'buildah' } as const
const isRoot = process.getuid?.() === 0

let registry: TestRegistry
/** Takes every request and answers none. */
let silent: FaultServer
let caPath: string
/** A tmpfs of the test's own, where keys would be left. */
let memory: string

beforeAll(async () => {
  const ca = makeCertificateAuthority(temporaryDirectory('ca'))
  caPath = ca.path
  registry = await startRegistry({ ca })
  silent = await startFaultServer({ script: () => hang, tls: ca.issue('silent') })
  memory = mkdtempSync('/dev/shm/ts-')
})

afterAll(async () => {
  await registry.stop()
  await silent.stop()
  rmdirSync(memory)
})

type Begun = () => boolean

/** The trigger for a step that waits for the silent server. */
function asked(): Begun {
  const before = silent.requests.length
  return () => silent.requests.length > before
}

// Of a length that no other test of this machine sleeps.
const nap = `sleep ${100_000 + process.pid}`

/** The trigger for a step with a child that sleeps. */
function sleeping(): boolean {
  return findLeftovers(nap).processes.length > 0
}

/** Runs the steps until they have begun, cancels, and waits for what the engine does then. */
async function cancel(
  engine: Engine,
  steps: string,
  begun: Begun,
  options: WorkflowOptions = {},
): Promise<WorkflowRun> {
  const running = startWorkflow(engine, workflow(steps), { tools, ...options })
  const ended = running.result.then(({ log }) => log)
  while (!begun()) {
    const log = await Promise.race([ended, sleep(100)])
    if (log !== undefined) throw new Error(`it ended before it was cancelled:\n${log}`)
  }
  running.cancel()
  const run = await running.result
  expect(run.succeeded).toBe(false)
  expect(findLeftovers(run.home)).toEqual({ processes: [], mounts: [] })
  expect(readdirSync(memory)).toEqual([])
  return run
}

const lacksParts =
  lacksTools('act', 'nektos-act', 'registry', 'kustomize', 'cosign3', 'openbao', 'buildah') ||
  !isRoot

describe.skipIf(lacksParts).each(engines)(
  'a job that is cancelled in the runner engine %s',
  (engine) => {
    const postOf = (action: string): RegExp => new RegExp(`Success - Post org/actions/${action}@v1`)

    test('while kaniko-build builds: no process, mount or credential is left', async () => {
      const base = pushBaseImage(registry)
      const steps = `
      - uses: actions/checkout@v5
      - uses: org/actions/kaniko-build@v1
        with:
          engine: buildah
          destination: ${registry.host}/dev/app:1
          registry-ca: ${caPath}
          registry-username: ${registry.username}
          registry-password: \${{ secrets.PASSWORD }}
`
      const files = { Dockerfile: `FROM ${base}\nRUN ${nap}\n` }
      const secrets = { PASSWORD: registry.password }
      const run = await cancel(engine, steps, sleeping, { files, secrets })
      expect(run.log).toMatch(postOf('kaniko-build'))
      expect(sleeping()).toBe(false)
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
    })

    test('while assert-digest asks: nothing is left', async () => {
      const steps = `
      - uses: org/actions/assert-digest@v1
        with:
          image: ${silent.host}/dev/app
          digest: ${digestOf('a')}
          registry-ca: ${caPath}
          registry-username: bot
          registry-password: \${{ secrets.PASSWORD }}
`
      const secrets = { PASSWORD: 'canary-registry-password' }
      const run = await cancel(engine, steps, asked(), { secrets })
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
    })

    test('after vault-fetch-key has put the key into a file: the file goes', async () => {
      await using vault = await startVault()
      await using reviewer = await startTokenReview()
      await prepareVault(vault, reviewer)
      const keys = generateCosignKeyPair('canary-key-password')
      await addTier(vault, { tier: 'dev', keys })
      const jwt = reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' })
      const token = join(temporaryDirectory('token'), 'token')
      writeFileSync(token, jwt)
      const steps = `
      - uses: org/actions/vault-fetch-key@v1
        with:
          vault-address: ${vault.address}
          vault-ca: ${vault.caPath}
          role: ci-signer-dev
          token-file: ${token}
          handover: file
          key-directory: ${memory}
          secret-path: tiers/dev
          public-path: public/dev
      - run: ${nap}
`
      const held: Begun = () => readdirSync(memory).length > 0 && sleeping()
      const run = await cancel(engine, steps, held)
      expect(run.log).toMatch(postOf('vault-fetch-key'))
      const secrets = { jwt, privateKey: keys.privateKey, password: keys.password }
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
    })

    test('while vault-fetch-key asks: nothing is left', async () => {
      const token = join(temporaryDirectory('token'), 'token')
      await using reviewer = await startTokenReview()
      const jwt = reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' })
      writeFileSync(token, jwt)
      const steps = `
      - uses: org/actions/vault-fetch-key@v1
        with:
          vault-address: ${silent.url}
          vault-ca: ${caPath}
          role: ci-signer-dev
          token-file: ${token}
          key-directory: ${memory}
          secret-path: tiers/dev
`
      const run = await cancel(engine, steps, asked())
      expect(run.log).toMatch(postOf('vault-fetch-key'))
      expect(findSecrets({ log: run.log }, { jwt })).toEqual([])
      expect(findSecrets(run.home, { jwt })).toEqual([])
    })

    test('while cosign-sign signs: cosign ends with it, and the key is nowhere', async () => {
      const digest = await pushImage(registry, 'dev/app', { seed: engine })
      const keys = generateCosignKeyPair('canary-key-password')
      const cosign = join(temporaryDirectory('cosign'), 'cosign')
      const real = `case "$1" in version) exec ${toolPath('cosign3')} "$@";; esac`
      writeFileSync(cosign, `#!/bin/sh\n${real}\n${nap}\n`, { mode: 0o755 })
      const steps = `
      - uses: org/actions/cosign-sign@v1
        env: { TIER_KEY: "\${{ secrets.KEY }}" }
        with:
          image: ${registry.host}/dev/app@${digest}
          key: env://TIER_KEY
          password: \${{ secrets.KEY_PASSWORD }}
          cosign-path: ${cosign}
          registry-ca: ${caPath}
          registry-username: ${registry.username}
          registry-password: \${{ secrets.PASSWORD }}
`
      const { privateKey, password } = keys
      const secrets = { KEY: privateKey, KEY_PASSWORD: password, PASSWORD: registry.password }
      const run = await cancel(engine, steps, sleeping, { secrets })
      expect(run.log).toMatch(postOf('cosign-sign'))
      expect(sleeping()).toBe(false)
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
    })

    test('while kustomize-pin fetches: git, the keyring and its agent go', async () => {
      const key = makeSigningKey('canary passphrase 9Q')
      const steps = `
      - uses: org/actions/kustomize-pin@v1
        with:
          repository: ${silent.url}/deployments.git
          git-ca: ${caPath}
          token: \${{ secrets.TOKEN }}
          pins: dev ${pinned}/app@${digestOf('a')}
          signing-key: \${{ secrets.KEY }}
          signing-passphrase: \${{ secrets.PASSPHRASE }}
          signing-directory: ${memory}
`
      const { armored: KEY, passphrase: PASSPHRASE } = key
      const secrets = { TOKEN: 'canary-gitops-token-4J', KEY, PASSPHRASE }
      const run = await cancel(engine, steps, asked(), { secrets })
      expect(run.log).toMatch(postOf('kustomize-pin'))
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
    })
  },
)
