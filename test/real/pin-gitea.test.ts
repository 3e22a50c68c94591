import { type ActionResult, lacksTools, runAction } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GiteaServer, startGitea } from './gitea-server.ts'
import { app, devFiles, giteaInputs } from './pin-fixture.ts'
import { digestOf } from './pin-site.ts'

describe.skipIf(lacksTools('kustomize', 'gitea'))('kustomize-pin and a real Gitea', () => {
  let gitea: GiteaServer
  beforeAll(async () => {
    gitea = await startGitea()
  })
  afterAll(() => gitea?.stop())

  const createRepository = (name: string): Promise<void> => gitea.createRepository(name, devFiles)

  function pin(
    name: string,
    digit: string,
    more: Record<string, string> = {},
  ): Promise<ActionResult> {
    return runAction('kustomize-pin', { inputs: { ...giteaInputs(gitea, name, digit), ...more } })
  }

  /** A proposal whose clock stands still until 3 s are over. */
  function pinAt(moment: number, name: string): Promise<ActionResult> {
    const clock = `const r=Date.now,s=r();Date.now=()=>${moment}+Math.floor((r()-s)/3000)*3000`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}` }
    const inputs = { ...giteaInputs(gitea, name), mode: 'pull-request' }
    return runAction('kustomize-pin', { inputs, env })
  }

  const pulls = async (name: string): Promise<unknown> =>
    (await gitea.api('GET', `/repos/${gitea.user}/${name}/pulls?state=all`)).body
  const file = async (name: string, ref: string): Promise<unknown> =>
    (await gitea.api('GET', `/repos/${gitea.user}/${name}/raw/dev/kustomization.yaml?ref=${ref}`))
      .body

  // Gitea looks for conflicts in the background, and refuses until it has. Only a fast-forward keeps the
  // bot's own commit, and with it the signature.
  async function merge(name: string, number: number): Promise<void> {
    const path = `/repos/${gitea.user}/${name}/pulls/${number}/merge`
    await expect
      .poll(() => gitea.api('POST', path, { Do: 'fast-forward-only' }), { timeout: 20_000 })
      .toMatchObject({ status: 200 })
  }

  test('pushes to a branch', async () => {
    await createRepository('direct')
    const result = await pin('direct', 'a')
    expect(result.outputs['changed'], result.log).toBe('true')
    expect(await file('direct', 'main')).toContain(`  digest: ${digestOf('a')}\n`)
  })

  test('a protected branch is refused with the words of Gitea', async () => {
    await createRepository('guarded')
    const rule = { rule_name: 'main', enable_push: false }
    await gitea.api('POST', `/repos/${gitea.user}/guarded/branch_protections`, rule)
    const result = await pin('guarded', 'a')
    expect(result.log).toContain('PIN_PUSH_REFUSED: the server refuses a push to main')
    expect(result.log).toMatch(/protected branch/i)
  })

  test('mode pull-request opens one, finds it again, and opens another for another digest', async () => {
    await createRepository('proposed')
    const mode = { mode: 'pull-request' }
    const first = await pin('proposed', 'a', mode)
    const address = `${gitea.url}/${gitea.user}/proposed/pulls/1`
    expect(first.outputs, first.log).toMatchObject({ changed: 'true', 'pull-request-url': address })
    expect(await file('proposed', 'main')).not.toContain('digest')
    expect(await file('proposed', first.outputs['commit'] ?? '')).toContain(
      `  digest: ${digestOf('a')}\n`,
    )
    const again = await pin('proposed', 'a', mode)
    expect(again.outputs, again.log).toMatchObject({ 'pull-request-url': address })
    expect(await pulls('proposed')).toMatchObject([
      {
        title: `deploy(dev): ${app}@sha256:aaaaaaaaaaaa`,
        body: expect.stringContaining(`Image-Digest: ${digestOf('a')}`),
      },
    ])
    const other = await pin('proposed', 'b', mode)
    expect(other.outputs['pull-request-url'], other.log).toBe(address.replace(/1$/, '2'))
    await merge('proposed', 1)
    const { body } = await gitea.api('GET', `/repos/${gitea.user}/proposed/branches/main`)
    expect(body).toMatchObject({ commit: { id: again.outputs['commit'] } })
    expect(await file('proposed', 'main')).toContain(`  digest: ${digestOf('a')}\n`)
  })

  test('two runs of one second, which make one commit, name the same pull request', async () => {
    await createRepository('twice')
    const second = 1_800_000_000_000
    const address = `${gitea.url}/${gitea.user}/twice/pulls/1`
    const first = await pinAt(second, 'twice')
    expect(first.outputs, first.log).toMatchObject({ 'pull-request-url': address })
    const again = await pinAt(second, 'twice')
    expect(again.outputs, again.log).toMatchObject({ 'pull-request-url': address })
    expect(await pulls('twice')).toHaveLength(1)
  })

  test('a token of somebody who may only read can still propose, and not push', async () => {
    await createRepository('readable')
    const reader = {
      username: 'reader',
      email: 'r@lab.invalid',
      password: 'canary-password-2',
      must_change_password: false,
    }
    await gitea.api('POST', '/admin/users', reader)
    const as = { username: 'reader', token: 'canary-password-2' }
    const pushed = await pin('readable', 'a', as)
    expect(pushed.log).toMatch(/GIT_FORBIDDEN|PIN_PUSH_REFUSED/)
    const proposed = await pin('readable', 'a', { ...as, mode: 'pull-request' })
    expect(proposed.outputs['pull-request-url'], proposed.log).toMatch(/\/pulls\/1$/)
  })

  test('an unknown repository and a wrong token have their own codes', async () => {
    expect((await pin('nowhere', 'a')).log).toContain('GIT_REPOSITORY_MISSING')
    expect((await pin('direct', 'b', { token: 'wrong-token-here' })).log).toContain(
      'GIT_UNAUTHORIZED',
    )
  })
})
