import {
  apply,
  crane,
  isRunning,
  killNode,
  kubectl,
  processesOfNode,
  restartPart,
  waitUntil,
} from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deploymentOf, waitForReady } from './support/deployments.ts'
import { pushImage } from './support/images.ts'
import { lacksNode } from './support/lab.ts'
import { appsNamespace, podWith, waitForPhase } from './support/pods.ts'
import { signatureOf, signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

const inApps = ['-n', appsNamespace]

let site: LabSite
let kept: string
let robbed: string

describe.skipIf(lacksNode())('a node that loses its power', () => {
  let before: Container
  beforeAll(async () => {
    site = await useSite()
    await usePolicies(site)
    ;[kept, robbed] = [await signedImage('kept'), await signedImage('robbed')]
    await kubectl(['create', '-f', '-'], JSON.stringify(podWith('lasting', kept)))
    await apply(deploymentOf('kept', kept), deploymentOf('robbed', robbed))
    await waitForPhase('lasting', 'Running')
    for (const name of ['kept', 'robbed']) await waitForReady(name)
    before = await containerOf('lasting')
  })
  afterAll(async () => {
    for (const name of ['kubelet', 'containerd']) {
      if (!isRunning(site.state, name)) await restartPart(site.state, name)
    }
    await kubectl([...inApps, 'delete', 'deployment', 'kept', 'robbed', '--wait=false'])
    await kubectl([...inApps, 'delete', 'pod', 'lasting', '--wait=false'])
  })

  it('ends with everything on it: kubelet, containerd, its shims, the processes of pods', async () => {
    // Two servers, and a shim, a pause and a main process for each of the three pods.
    expect(await killNode(site.state)).toBeGreaterThanOrEqual(2 + 3 * 3)
    expect(processesOfNode()).toEqual([])
  })

  it('is found dead; a pod of it that is given up gets a replacement, which waits for a node', async () => {
    await waitForNode('Unknown')
    await crane(['delete', signatureOf(robbed)])
    // By hand, as an operator does: where every node is dead, Kubernetes gives up none of their pods.
    const pods = ['pods', '-l', 'app in (kept,robbed)', '--force', '--grace-period=0']
    await kubectl([...inApps, 'delete', ...pods])
    await waitUntil('the replacement', async () => (await phasesOf('kept')) === 'Pending', {
      timeoutMs: 30_000,
    })
  })

  it('comes back, and starts the pod that it had, in a new container', async () => {
    for (const name of ['containerd', 'kubelet']) await restartPart(site.state, name)
    await waitForNode('True')
    const after = await waitUntil(
      'the container to run again',
      async () => {
        const now = await containerOf('lasting')
        return now.running && now.id !== before.id ? now : undefined
      },
      { timeoutMs: 60_000 },
    )
    expect(after.pod).toBe(before.pod)
  })

  it('runs the replacement of a pod, which was verified when it was made', async () => {
    await waitForReady('kept')
  })

  it('gets no replacement for a pod whose image has lost its signature, and an event says why', async () => {
    const events = [...inApps, 'get', 'events', '--field-selector=reason=FailedCreate', '-o']
    const refusal = async (): Promise<string | undefined> => {
      const row = '{range .items[*]}{.involvedObject.name} {.message}{"\\n"}{end}'
      const said = await kubectl([...events, `jsonpath=${row}`])
      return /^robbed-.* not signed by the key of tier dev/m.exec(said)?.[0]
    }
    expect(await waitUntil('the refusal', refusal, { timeoutMs: 60_000 })).toContain('robbed')
  })
})

async function signedImage(name: string): Promise<string> {
  const image = await pushImage(`dev/${name}`, 'one')
  await signImage(image, site.keys.dev)
  return image
}

async function phasesOf(name: string): Promise<string> {
  return kubectl([...inApps, 'get', 'pods', '-l', `app=${name}`, '-o', 'jsonpath={..status.phase}'])
}

interface Container {
  readonly pod: string
  readonly id: string
  readonly running: boolean
}

async function containerOf(pod: string): Promise<Container> {
  const status = '.status.containerStatuses[0]'
  const path = `jsonpath={.metadata.uid} {${status}.containerID} {${status}.state.running.startedAt}`
  const [uid = '', id = '', since = ''] = (
    await kubectl([...inApps, 'get', 'pod', pod, '-o', path])
  ).split(' ')
  return { pod: uid, id, running: since !== '' }
}

async function waitForNode(ready: string): Promise<void> {
  const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
  const isIt = async () => (await kubectl(['get', 'node', 'lab-node', '-o', path])) === ready
  await waitUntil(`the node's Ready to be ${ready}`, isIt, { timeoutMs: 90_000, everyMs: 500 })
}
