import {
  type ActionResult,
  answer,
  type FaultServer,
  lacksTools,
  runAction,
  startFaultServer,
  type TestVaultCluster,
  type VaultNode,
} from '@tierseal/test-kit'
import { parseHandle, unwrapKey } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite } from './vault/cluster-site.ts'
import { wrappedOf } from './vault/each-vault.ts'

// Replication that lags behind (412) is a matter of Vault Enterprise alone, and stays with the scripted
// servers of vault-fetch-key-faults.test.ts.
describe.concurrent.each(['openbao', 'vault'] as const)(
  'vault-fetch-key, a cluster of two (%s):',
  (flavour) => {
    // One cluster, one test after the other; what they wait for is a change of leader.
    const alone = { concurrent: false, skip: lacksTools(flavour, 'cosign3') } as const
    describe('real servers with raft,', alone, () => {
      let site: ClusterSite
      let cluster: TestVaultCluster
      let elsewhere: FaultServer
      beforeAll(async () => {
        elsewhere = await startFaultServer({ script: () => answer(200, {}) })
        site = await startClusterSite({ flavour, advertised: elsewhere.url })
        cluster = site.cluster
      })
      afterAll(async () => {
        await Promise.all([site?.[Symbol.asyncDispose](), elsewhere?.stop()])
      })

      function fetchKey(address: string, timeoutSeconds = 60): Promise<ActionResult> {
        return runAction('vault-fetch-key', {
          inputs: { ...site.inputsAt(address), 'timeout-seconds': String(timeoutSeconds) },
        })
      }

      async function expectKey(result: ActionResult): Promise<void> {
        // The log begins with its masks; the annotation says what went wrong.
        expect(result).toMatchObject({ annotations: [], exitCode: 0 })
        const handle = wrappedOf(parseHandle(result.outputs['key'] ?? ''))
        const { privateKey, password } = site.key
        expect(await unwrapKey(handle, 60_000)).toEqual({ privateKey, password })
      }

      /** What stands before a node, such as a load balancer; `onRequest` sees each path first. */
      function startBefore(
        { address }: VaultNode,
        { onRequest = (_path: string): void => undefined, addedHeaders = {} } = {},
      ): Promise<FaultServer> {
        return startFaultServer({
          script: ({ path }) => void onRequest(path),
          upstream: { url: address, caPem: cluster.caPem, addedHeaders },
        })
      }

      test('the node that stands by gives the key: it passes on what it cannot answer', async () => {
        const { standby } = await cluster.roles()
        await expectKey(await fetchKey(standby.address))
      })

      test('a node that may not pass on points to the active one (307), where neither token nor JWT goes', async () => {
        const { standby } = await cluster.roles()
        const addedHeaders = { 'x-vault-no-request-forwarding': 'true' }
        await using before = await startBefore(standby, { addedHeaders })
        const { exitCode, outputs, log } = await fetchKey(before.url, 4)
        expect([exitCode, outputs]).toEqual([1, {}])
        expect(log).toContain(`::error::VAULT_STANDBY: `)
        expect(log).toContain(
          `answered 307, a redirect to ${elsewhere.url}; the token does not follow`,
        )
        expect(elsewhere.connections()).toBe(0)
      })

      test.each([
        ['the active node', 'auth/kubernetes/login'],
        ['the active node', 'tiers/dev'],
        ['the node that stands by', 'auth/kubernetes/login'],
        ['the node that stands by', 'capabilities-self'],
      ])(
        'through %s, a step-down at the moment of %s is waited out',
        { timeout: 180_000 },
        async (which, part) => {
          const { active, standby } = await cluster.roles()
          let stepDown: Promise<unknown> | undefined
          await using before = await startBefore(which === 'the active node' ? active : standby, {
            onRequest: (path) => {
              if (path.includes(part)) stepDown ??= cluster.request('PUT', 'sys/step-down')
            },
          })
          const result = await fetchKey(before.url)
          expect(await stepDown).toMatchObject({ status: 204 })
          await expectKey(result)
          expect(elsewhere.connections()).toBe(0)
        },
      )

      // Last: without the other there is no majority, and the one that is left never becomes active.
      test('an active node that is gone is told within the deadline', async () => {
        const { active, standby } = await cluster.roles()
        await active.stop()
        const startedAt = Date.now()
        const { exitCode, outputs, log } = await fetchKey(standby.address, 8)
        expect([exitCode, outputs]).toEqual([1, {}])
        expect(log).toMatch(/::error::(VAULT_STANDBY|VAULT_UNAVAILABLE|DEADLINE_EXCEEDED): /)
        expect(Date.now() - startedAt).toBeLessThan(20_000)
        expect(elsewhere.connections()).toBe(0)
      })
    })
  },
)
