import { readFileSync } from 'node:fs'
import {
  type ActionResult,
  afterUpstream,
  answer,
  breakConnection,
  hang,
  lacksTools,
  type Reply,
  runAction,
  startFaultServer,
  toolPath,
  type Upstream,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GiteaServer, startGitea } from './gitea-server.ts'
import { devFiles, pinOf } from './pin-fixture.ts'

describe.skipIf(lacksTools('kustomize', 'gitea'))('kustomize-pin, mode pull-request,', () => {
  let gitea: GiteaServer
  let upstream: Upstream
  let count = 0
  beforeAll(async () => {
    gitea = await startGitea()
    upstream = { url: gitea.url, caPem: readFileSync(gitea.caPath, 'utf8') }
  })
  afterAll(() => gitea?.stop())

  async function createRepository(): Promise<string> {
    const name = `faults-${count++}`
    await gitea.createRepository(name, devFiles)
    return name
  }

  /** Proposes a pin through a server that meets its first pushes with this reply. */
  async function propose(
    reply: Reply,
    { times = Number.POSITIVE_INFINITY, timeoutSeconds = 25 } = {},
  ): Promise<{ result: ActionResult; pushes: number; pulls: readonly unknown[]; name: string }> {
    const name = await createRepository()
    let pushes = 0
    await using server = await startFaultServer({
      script: ({ method, path }) => {
        const push = method === 'POST' && path.endsWith('/git-receive-pack')
        return push && ++pushes <= times ? reply : undefined
      },
      upstream,
    })
    const result = await runAction('kustomize-pin', {
      inputs: {
        repository: `${server.url}/${gitea.user}/${name}.git`,
        'plain-http': 'true',
        username: gitea.user,
        token: gitea.token,
        'kustomize-path': toolPath('kustomize'),
        pins: pinOf('a'),
        mode: 'pull-request',
        'timeout-seconds': String(timeoutSeconds),
      },
    })
    const { body } = await gitea.api('GET', `/repos/${gitea.user}/${name}/pulls?state=all`)
    return { result, pushes, pulls: Array.isArray(body) ? body : [], name }
  }

  test.each([
    ['429', answer(429, 'slow down')],
    ['500', answer(500, 'oops')],
    ['503', answer(503, 'later')],
    ['a broken connection', breakConnection],
  ])('proposes again after %s once: one pull request is there', async (_, reply) => {
    const { result, pushes, pulls } = await propose(reply, { times: 1 })
    expect(result.outputs, result.log).toMatchObject({ changed: 'true', attempts: '2' })
    expect(result.outputs['pull-request-url']).toMatch(/\/pulls\/1$/)
    expect(pushes).toBe(2)
    expect(pulls).toHaveLength(1)
  })

  test.each([
    ['503', answer(503, 'later')],
    ['a broken connection', breakConnection],
  ])(
    'finds its own pull request where the first push came through and the answer was %s',
    async (_, reply) => {
      const { result, pulls } = await propose(
        (request, response) => afterUpstream(upstream, reply)(request, response),
        { times: 1 },
      )
      expect(result.outputs, result.log).toMatchObject({ changed: 'true', attempts: '2' })
      expect(result.outputs['pull-request-url'], result.log).toMatch(/\/pulls\/1$/)
      expect(pulls).toMatchObject([{ head: { sha: result.outputs['commit'] } }])
    },
  )

  test.each([
    ['401', answer(401, 'no', { 'www-authenticate': 'Basic realm="x"' }), 'GIT_UNAUTHORIZED'],
    ['403', answer(403, 'no'), 'GIT_FORBIDDEN'],
    ['404', answer(404, 'no'), 'GIT_REPOSITORY_MISSING'],
  ])('does not repeat a push that is answered with %s', async (_, reply, code) => {
    const { result, pushes, pulls } = await propose(reply)
    expect(result.exitCode).toBe(1)
    expect(result.log).toContain(`::error::${code}: `)
    expect([pushes, pulls]).toEqual([1, []])
  })

  test('gives up after five pushes where the server fails at each, and says so', async () => {
    const { result, pushes, pulls } = await propose(answer(503, 'later'), { timeoutSeconds: 120 })
    expect(result.log).toContain('::error::GIT_SERVER_FAILED: ')
    expect([pushes, pulls]).toEqual([5, []])
  })

  test('gives up at the deadline where a push is never answered', async () => {
    const startedAt = Date.now()
    const { result, pulls } = await propose(hang, { timeoutSeconds: 4 })
    expect(result.log).toContain('::error::DEADLINE_EXCEEDED: ')
    expect(Date.now() - startedAt).toBeLessThan(15_000)
    expect(pulls).toEqual([])
  })
})
