import { createHash } from 'node:crypto'
import { type ActionResult, runAction, startAction, startFaultServer } from '@tierseal/test-kit'
import { baseImage, command, kubectl } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildNamespace, useBuildNamespace } from './support/build-pods.ts'
import {
  type BuildPod,
  buildSettings,
  buildStep,
  plainContext,
  runningBuild,
  useBuildSettings,
  writeContext,
} from './support/build-step.ts'
import { podProfile, pushBuilderImage, pushPlainBuilderImage } from './support/builder-image.ts'
import { useSite } from './support/site.ts'

const inBuilds = ['-n', buildNamespace]
const buildSecret = `secret-${Date.now()}`
let kubeconfig: string

beforeAll(async () => {
  await useSite()
  kubeconfig = await useBuildNamespace()
  await useBuildSettings(buildSecret)
})

describe('a build pod of which the inputs ask something', () => {
  let pod: BuildPod
  let memoryLimit: string
  let accountToken: string
  let result: ActionResult
  beforeAll(async () => {
    const hash = createHash('sha256').update(buildSecret).digest('hex')
    const context = writeContext('settings', {
      Dockerfile: `FROM ${baseImage}
ARG PRICE
USER 0
RUN printf 'the price is %s\\n' "$PRICE"
RUN --mount=type=secret,id=npm echo "${hash}  /run/secrets/npm" | sha256sum -c && echo the build holds; \\
  sleep 3600; echo the build goes on
`,
    })
    const action = startAction(
      'kaniko-build',
      buildStep(kubeconfig, 'dev/settings:1', {
        context,
        'build-args': 'PRICE=a$$b$(HOME)',
        'kubernetes-image': await pushBuilderImage(),
        'kubernetes-security-context': JSON.stringify(podProfile),
        ...buildSettings,
      }),
    )
    // Held by its own RUN until the sleep is ended, so that all of this is seen while it runs.
    await action.waitForLog(/^\| the build holds$/m)
    pod = await runningBuild(buildNamespace)
    const inside = [...inBuilds, 'exec', pod.metadata.name, '-c', 'build', '--', 'sh', '-c']
    memoryLimit = await kubectl([...inside, `cat ${limitFiles} 2>/dev/null | head -n 1`])
    accountToken = await kubectl([...inside, 'ls /var/run/secrets/kubernetes.io 2>&1 || true'])
    await kubectl([...inside, 'kill $(pidof sleep)'])
    result = await action.result
  })
  const limitFiles = '/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max'

  it('carries its resources, node selector and service account', () => {
    expect(pod.spec).toMatchObject({
      nodeSelector: { 'lab.test/builds': 'yes' },
      serviceAccountName: 'builder',
      automountServiceAccountToken: false,
      containers: [
        {
          resources: {
            requests: { cpu: '50m', memory: '64Mi' },
            limits: { memory: '512Mi' },
          },
        },
      ],
    })
  })

  it('runs with them: under that limit, on a node with that label, without the token of the account', () => {
    expect(Number(memoryLimit)).toBe(512 * 1024 * 1024)
    expect(pod.spec['nodeName']).toBe('lab-node')
    expect(accountToken).toContain('No such file or directory')
  })

  it('hands its RUN a build secret that the cluster holds, and shows it nowhere', () => {
    expect(result.exitCode, result.log).toBe(0)
    expect(result.stdout).toMatch(/^\| \/run\/secrets\/npm: OK$/m)
    expect(result.log).not.toContain(buildSecret)
    expect(JSON.stringify(pod)).not.toContain(buildSecret)
  })

  it('hands its RUN a build argument with every dollar in it', () => {
    expect(result.stdout).toMatch(/^\| the price is a\$\$b\$\(HOME\)$/m)
  })

  it('has every line in the log of the step while the build still runs', () => {
    expect(pod.status.phase).toBe('Running')
    expect(pod.status.containerStatuses).toMatchObject([{ state: { running: {} } }])
    expect(result.stdout).toMatch(/^\| the build holds$[\s\S]*^\| the build goes on$/m)
  })
})

describe('a build pod that no node can take', () => {
  it('ends at its deadline, and says that its node selector fits no node', async () => {
    const inputs = {
      context: writeContext('plain', plainContext),
      'kubernetes-image': await pushPlainBuilderImage(),
      'kubernetes-node-selector': 'lab.test/builds=never',
      'timeout-seconds': '12',
    }
    const result = await runAction('kaniko-build', buildStep(kubeconfig, 'dev/plain:0', inputs))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/::error::POD_NOT_STARTED: .*node affinity\/selector/)
  })
})

describe('a base image at a private address that speaks no TLS', () => {
  const address = '10.255.255.1'
  const onTheNode = (verb: string) =>
    command('ip', ['address', verb, `${address}/32`, 'dev', 'lab-node'])
  beforeAll(() => onTheNode('add'))
  afterAll(() => onTheNode('del'))

  it('is not asked for in the clear, and the step says so', async () => {
    await using server = await startFaultServer({ host: address, script: () => undefined })
    const inputs = {
      context: writeContext('in-the-clear', { Dockerfile: `FROM ${server.host}/base:1\n` }),
      'kubernetes-image': await pushPlainBuilderImage(),
    }
    const result = await runAction('kaniko-build', buildStep(kubeconfig, 'dev/plain:0', inputs))
    expect(result.stdout).toMatch(/::error::TLS_FAILED: /)
    expect(server.requests).toEqual([])
    expect(server.connections()).toBeGreaterThan(0)
  })
})
