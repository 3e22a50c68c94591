import { execFileSync } from 'node:child_process'
import { type ActionResult, lacksTools, runAction, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GiteaServer, startGitea } from './gitea-server.ts'
import { devFiles, giteaInputs, pinOf } from './pin-fixture.ts'
import { makeSigningKey } from './pin-signing-key.ts'
import { digestOf, makeSource } from './pin-site.ts'

describe.skipIf(lacksTools('kustomize', 'gitea'))('a signed pin that Gitea merges', () => {
  const key = makeSigningKey('canary passphrase 3R')
  const home = temporaryDirectory('keys-of-argocd')
  const source = makeSource(2)
  let gitea: GiteaServer
  let count = 0
  beforeAll(async () => {
    gitea = await startGitea()
    execFileSync('gpg', ['--homedir', home, '--batch', '--import'], {
      input: key.publicKey,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  })
  afterAll(async () => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
    await gitea?.stop()
  })

  async function createRepository(): Promise<string> {
    const name = `merged-${count++}`
    await gitea.createRepository(name, devFiles)
    return name
  }

  function run(name: string, more: Readonly<Record<string, string>>): Promise<ActionResult> {
    return runAction('kustomize-pin', {
      inputs: {
        ...giteaInputs(gitea, name),
        mode: 'pull-request',
        'signing-key': key.armored,
        'signing-passphrase': key.passphrase,
        'source-checkout': source.directory,
        'source-revision': source.line[0] ?? '',
        ...more,
      },
    })
  }

  async function propose(
    name: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ActionResult> {
    const result = await run(name, more)
    expect(result.exitCode, result.log).toBe(0)
    return result
  }

  /** The next build goes straight to the branch, if the merged commit tells where the last one came from. */
  function pinNewer(name: string): Promise<ActionResult> {
    const next = { mode: 'push', 'source-revision': source.line[1] ?? '' }
    return run(name, { ...next, pins: pinOf('b') })
  }

  // Gitea looks for conflicts in the background, and refuses until it has.
  async function merge(name: string, style: string, message?: string): Promise<void> {
    const how = { Do: style, MergeMessageField: message }
    const path = `/repos/${gitea.user}/${name}/pulls/1/merge`
    await expect
      .poll(() => gitea.api('POST', path, how), { timeout: 20_000 })
      .toMatchObject({ status: 200 })
  }

  /** The description of the pull request, and below it what Gitea and its users add to such a message. */
  async function describedBy(name: string): Promise<string> {
    const { body } = await gitea.api('GET', `/repos/${gitea.user}/${name}/pulls/1`)
    const description = new Map(Object.entries(body ?? {})).get('body')
    return `${description}\n\nReviewed-on: ${gitea.url}/${gitea.user}/${name}/pulls/1\n`
  }

  async function commitByHand(name: string): Promise<void> {
    const content = Buffer.from('by hand\n').toString('base64')
    const change = { branch: 'main', message: 'by hand', content }
    const path = `/repos/${gitea.user}/${name}/contents/by-hand.txt`
    expect(await gitea.api('POST', path, change)).toMatchObject({ status: 201 })
  }

  interface Tip {
    readonly commit: string
    /** What `git verify-commit` says with the bot's public key alone. */
    readonly verifies: boolean
    readonly digest: boolean
  }

  /** The tip of main as Argo CD would see it: a clone, and only the bot's key trusted. */
  function tipOf(name: string): Tip {
    const clone = temporaryDirectory('argocd')
    const address = new URL(`/${gitea.user}/${name}.git`, gitea.url)
    address.username = gitea.user
    address.password = gitea.token
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', `http.sslCAInfo=${gitea.caPath}`, ...args], {
        cwd: clone,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', GNUPGHOME: home, GIT_CONFIG_GLOBAL: '/dev/null' },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    git('clone', '--quiet', address.href, '.')
    return {
      commit: git('rev-parse', 'HEAD').trim(),
      verifies: succeeds(() => git('verify-commit', 'HEAD')),
      digest: git('show', 'HEAD:dev/kustomization.yaml').includes(digestOf('a')),
    }
  }

  test.each(['fast-forward-only', 'rebase'])(
    '%s onto an unmoved main keeps the signed commit as it is',
    async (style) => {
      const name = await createRepository()
      const { outputs } = await propose(name)
      await merge(name, style)
      expect(tipOf(name)).toEqual({ commit: outputs['commit'], verifies: true, digest: true })
      const { outputs: next, log } = await pinNewer(name)
      expect(next['changed'], log).toBe('true')
    },
  )

  test.each([
    ['merge', 'an unmoved'],
    ['rebase-merge', 'an unmoved'],
    ['squash', 'an unmoved'],
    ['rebase', 'a moved'],
  ])(
    '%s onto %s main puts a commit at the tip that the key of the bot does not verify',
    async (style, state) => {
      const name = await createRepository()
      const { outputs } = await propose(name)
      if (state === 'a moved') await commitByHand(name)
      await merge(name, style, style === 'squash' ? await describedBy(name) : undefined)
      const tip = tipOf(name)
      expect(tip).toMatchObject({ verifies: false, digest: true })
      expect(tip.commit).not.toBe(outputs['commit'])
      const { outputs: next, log } = await pinNewer(name)
      expect(next['changed'], log).toBe('true')
    },
  )

  test('a squash without the description loses the trailers, and the next pin stops', async () => {
    const name = await createRepository()
    await propose(name)
    await merge(name, 'squash')
    expect((await pinNewer(name)).log).toContain('PIN_ORDER_UNKNOWN')
  })

  test('tells in its summary and its log how to merge', async () => {
    const { summary, log } = await propose(await createRepository())
    expect(summary).toContain('fast-forward-only: other styles may replace the signed commit')
    expect(log).toContain('Merge the pull request by fast-forward-only: other styles')
  })

  test('tells it for a commit without a signature too, in the log as well', async () => {
    const unsigned = { 'signing-key': '', 'signing-passphrase': '' }
    const { summary, log } = await propose(await createRepository(), unsigned)
    for (const text of [summary, log]) expect(text).toContain('fast-forward-only, rebase or merge')
  })

  test('once main has moved, fast-forward-only waits for the step to run again, and then keeps it', async () => {
    const name = await createRepository()
    await propose(name)
    await commitByHand(name)
    const path = `/repos/${gitea.user}/${name}/pulls/1/merge`
    const refused = await gitea.api('POST', path, { Do: 'fast-forward-only' })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    const { outputs } = await propose(name)
    expect(outputs['pull-request-url']).toMatch(/\/pulls\/1$/)
    await merge(name, 'fast-forward-only')
    expect(tipOf(name)).toEqual({ commit: outputs['commit'], verifies: true, digest: true })
  })
})

function succeeds(run: () => unknown): boolean {
  try {
    run()
    return true
  } catch {
    return false
  }
}
