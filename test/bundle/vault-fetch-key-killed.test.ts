// A runner cancels with SIGKILL and runs post afterwards: what is left then.
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ActionResult,
  afterUpstream,
  findSecrets,
  lacksTools,
  type Reply,
  type RunningAction,
  runPost,
  startAction,
  startFaultServer,
} from '@tierseal/test-kit'
import { longestTokenSeconds } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leastPolicy, member, type Site, startSite } from './vault/site.ts'

// The key goes through Vault in these requests; each is a moment to be killed, before and after it is answered.
const ofKv = ['login', 'capabilities', 'public key', 'key', 'revocation'] as const
const handovers = {
  wrapped: ofKv,
  file: ofKv,
  transit: ['login', 'capabilities', 'public key', 'revocation', 'wrapped login'],
} as const

const moments = Object.entries(handovers).flatMap(([handover, requests]) =>
  requests.flatMap((request, index) =>
    (['before', 'after'] as const).map((when) => ({ handover, request, index, when })),
  ),
)

// Every moment with one kind of Vault; with the other those after which two tokens are left, one around the other.
const suites = [
  { flavour: 'openbao', met: moments, randomKills: 4 },
  { flavour: 'vault', met: moments.filter((moment) => tokensLeft(moment) === 2), randomKills: 0 },
] as const

for (const { flavour, met, randomKills } of suites) {
  describe.skipIf(lacksTools(flavour, 'cosign3'))(
    `vault-fetch-key, killed, with ${flavour}:`,
    () => {
      let site: Site
      const memory = mkdtempSync('/dev/shm/tierseal-test-')

      // The roles give the longest life that the step accepts, so that what is left is bounded by the step.
      beforeAll(async () => {
        site = await startSite(flavour)
        const settings = { token_ttl: longestTokenSeconds }
        const { 'cosign/data/tiers/dev': _, ...shared } = leastPolicy
        const signs = { 'transit/keys/dev': ['read'], 'transit/sign/dev/sha2-256': ['update'] }
        await site.writePolicy('transit-dev', { ...shared, ...signs })
        await site.writeRole('transit-dev', { token_policies: 'transit-dev', ...settings })
        await site.writeRole('long-dev', { token_policies: 'cosign-dev', ...settings })
      })
      afterAll(async () => {
        await site[Symbol.asyncDispose]()
        rmdirSync(memory)
      })

      function inputsOf(handover: string): Readonly<Record<string, string>> {
        const transit = {
          role: 'transit-dev',
          'transit-key': 'dev',
          'expected-policies': 'transit-dev',
        }
        const kv = { role: 'long-dev' }
        const own = handover === 'transit' ? { ...transit, 'sibling-paths': 'prod' } : kv
        return { ...site.inputs, handover, 'key-directory': memory, ...own }
      }

      /** Runs the step, kills it at the moment, and then runs post as a runner does. */
      async function killedAt(
        inputs: Readonly<Record<string, string>>,
        at: Moment,
      ): Promise<Killed> {
        let running: RunningAction | undefined
        const upstream = { url: site.address, caPem: site.caPem }
        const kill: Reply = () => running?.kill()
        const killing = at.when === 'before' ? kill : afterUpstream(upstream, kill)
        await using server = await startFaultServer({
          script: (_, index) => (index === at.index ? killing : undefined),
          upstream,
        })
        const before = await site.accessors()
        running = startAction('vault-fetch-key', {
          inputs: { ...inputs, 'vault-address': server.url },
        })
        const main = await running.result
        const onDisk = findSecrets(main.directory, secretsOf())
        const post = await runPost(main)
        const made = (await site.accessors()).filter((accessor) => !before.includes(accessor))
        const left = await Promise.all(made.map(lifeOf))
        return { main, post, onDisk, left, requests: server.requests.length }
      }

      function secretsOf(): Readonly<Record<string, string>> {
        const { privateKey, password } = site.key
        return { jwt: site.jwt, privateKey, password }
      }

      async function lifeOf(accessor: unknown): Promise<number> {
        const found = await site.ask('POST', 'auth/token/lookup-accessor', { accessor })
        return Number(member(found, 'data', 'ttl'))
      }

      test.each(met)(
        'handover $handover, $when the answer to its $request: no key on disk, none on the tmpfs after post, and no token beyond its short life',
        { timeout: 180_000 },
        async (at) => {
          const { main, post, onDisk, left, requests } = await killedAt(inputsOf(at.handover), at)
          expect([main.signal, requests, main.outputs]).toEqual(['SIGKILL', at.index + 1, {}])
          expect(onDisk).toEqual([])
          expect(post.exitCode).toBe(0)
          expect(readdirSync(memory)).toEqual([])
          expect(left).toHaveLength(tokensLeft(at))
          for (const ttl of left) {
            expect(ttl).toBeGreaterThan(0)
            expect(ttl).toBeLessThanOrEqual(longestTokenSeconds)
          }
        },
      )

      test('handover file, when the key stands on the tmpfs: post removes it', async () => {
        const running = startAction('vault-fetch-key', { inputs: inputsOf('file') })
        const done = running.result.then(() => true)
        while (!keyStands() && !(await Promise.race([done, sleep(1)])));
        // The step has no more to wait for, and may end by itself before the signal: the key stands all the same.
        killIfAlive(running)
        const main = await running.result
        expect(keyStands(), main.log).toBe(true)
        expect(findSecrets(main.directory, secretsOf())).toEqual([])
        await runPost(main)
        expect(readdirSync(memory)).toEqual([])
      })

      function keyStands(): boolean {
        return readdirSync(memory).some((name) => existsSync(join(memory, name, 'cosign.key')))
      }

      const delays = Array.from({ length: randomKills }, () => Math.round(Math.random() * 400))
      const random = Object.keys(handovers).flatMap((handover) =>
        delays.map((delayMs) => ({ handover, delayMs })),
      )

      test.each(random)(
        'handover $handover, at a random moment ($delayMs ms): no key on disk, none on the tmpfs after post',
        async ({ handover, delayMs }) => {
          const running = startAction('vault-fetch-key', { inputs: inputsOf(handover) })
          await Promise.race([sleep(delayMs), running.result])
          killIfAlive(running)
          const main = await running.result
          expect(findSecrets(main.directory, secretsOf())).toEqual([])
          await runPost(main)
          expect(readdirSync(memory)).toEqual([])
        },
      )
    },
  )
}

interface Moment {
  readonly handover: string
  readonly request: string
  readonly index: number
  readonly when: 'before' | 'after'
}

interface Killed {
  readonly main: ActionResult
  readonly post: ActionResult
  readonly onDisk: readonly unknown[]
  /** The seconds that each token has left which was made meanwhile. */
  readonly left: readonly number[]
  readonly requests: number
}

/** How many tokens a step must leave when it is killed there: not fewer, else the test would see nothing. */
function tokensLeft({ handover, request, when }: Moment): number {
  const after = when === 'after'
  if (request === 'login') return after ? 1 : 0
  // The login inside, and the wrapping token around it.
  if (request === 'wrapped login') return after ? 2 : 0
  const wrapping = handover === 'wrapped'
  if (request === 'key') return wrapping && after ? 2 : 1
  if (request === 'revocation') return (after ? 0 : 1) + (wrapping ? 1 : 0)
  return 1
}

function killIfAlive(running: RunningAction): void {
  try {
    running.kill()
  } catch {
    // It had ended before.
  }
}
