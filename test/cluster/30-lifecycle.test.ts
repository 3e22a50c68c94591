import { setTimeout as sleep } from 'node:timers/promises'
import { apply, crane, kubectl, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deploymentOf, waitForReady } from './support/deployments.ts'
import { pushImage } from './support/images.ts'
import { lacksNode } from './support/lab.ts'
import { appsNamespace } from './support/pods.ts'
import { signatureOf, signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

const name = 'lifecycle'
let site: LabSite
let image: string

describe.skipIf(lacksNode())('a deployment that was admitted', () => {
  beforeAll(async () => {
    site = await useSite()
    await usePolicies(site)
    image = await pushImage('dev/lifecycle', 'one')
    await signImage(image, site.keys.dev)
    await apply(deploymentOf(name, image))
    await waitForReady(name)
  })
  afterAll(async () => {
    await kubectl(['-n', appsNamespace, 'delete', 'deployment', name, '--wait=false'])
  })

  it('is verified again, and admitted, when it is restarted', async () => {
    const before = await podNames()
    await kubectl(['-n', appsNamespace, 'rollout', 'restart', `deployment/${name}`])
    await waitUntil(
      'new pods only',
      async () => {
        const names = await podNames()
        return names.length === 1 && !before.includes(names[0] ?? '')
      },
      { timeoutMs: 60_000 },
    )
    await waitForReady(name)
  })

  it('is verified again, and admitted, when it is scaled up', async () => {
    await kubectl(['-n', appsNamespace, 'scale', 'deployment', name, '--replicas=2'])
    await waitForReady(name, 2)
  })

  describe('after its signature was removed from the registry', () => {
    beforeAll(async () => {
      await crane(['delete', signatureOf(image)])
    })

    it('is refused a restart, at once, by name', async () => {
      const restart = ['-n', appsNamespace, 'rollout', 'restart', `deployment/${name}`]
      const { exitCode, stderr } = await tryKubectl(restart)
      expect(exitCode).toBe(1)
      expect(stderr).toContain('not signed by the key of tier dev')
    })

    // The scale itself is accepted: it is the deployment controller whose write of the ReplicaSet is refused, and
    // it makes no event of that. The same write by hand says why.
    it('gets no further pod when it is scaled up', async () => {
      await kubectl(['-n', appsNamespace, 'scale', 'deployment', name, '--replicas=3'])
      await sleep(4000)
      expect(await podNames()).toHaveLength(2)
      const touch = [
        'annotate',
        'replicaset',
        '-l',
        `app=${name}`,
        'touched=yes',
        '--dry-run=server',
      ]
      const { stderr } = await tryKubectl(['-n', appsNamespace, ...touch])
      expect(stderr).toContain('not signed by the key of tier dev')
    })

    it('gets no new pod for one that ended, and an event says why', async () => {
      const [pod = ''] = await podNames()
      await kubectl(['-n', appsNamespace, 'delete', 'pod', pod, '--wait=true'])
      const events = [
        '-n',
        appsNamespace,
        'get',
        'events',
        '--field-selector=reason=FailedCreate',
        '-o',
      ]
      const said = await waitUntil(
        'the refusal',
        async () => {
          const { stdout } = await tryKubectl([...events, 'jsonpath={.items[*].message}'])
          return /not signed by the key of tier dev/.exec(stdout)?.[0]
        },
        { timeoutMs: 60_000, everyMs: 500 },
      )
      expect(said).toBe('not signed by the key of tier dev')
    })
  })

  it('comes back as soon as it is signed again', async () => {
    await signImage(image, site.keys.dev)
    await kubectl(['-n', appsNamespace, 'rollout', 'restart', `deployment/${name}`])
    await waitForReady(name, 3)
  })
})

async function podNames(): Promise<readonly string[]> {
  const path = [
    '-n',
    appsNamespace,
    'get',
    'pods',
    '-l',
    `app=${name}`,
    '-o',
    'jsonpath={.items[*].metadata.name}',
  ]
  return (await kubectl(path)).split(' ').filter((word) => word !== '')
}
