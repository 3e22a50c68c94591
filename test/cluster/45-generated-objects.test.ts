import { join } from 'node:path'
import { apply, kubectl, tryKubectl } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/root.ts'
import { useSite } from './support/site.ts'

// The tier of the example that builds in pods: its runner has the most to get right.
const platform = join(root, 'examples', 'site', 'platform', 'staging')
const runnerNamespace = 'ci-staging'
const buildNamespace = 'builds-staging'
const account = `system:serviceaccount:${runnerNamespace}:ci-signer`

beforeAll(async () => {
  await useSite()
  for (const file of ['runner.yaml', 'build-pods.yaml']) {
    await kubectl(['apply', '--server-side', '-f', join(platform, 'kubernetes', file)])
  }
})

afterAll(async () => {
  await kubectl(['delete', 'namespace', runnerNamespace, buildNamespace, '--wait=false'])
})

describe('the generated patch of a runner', () => {
  it('is taken by the API server, and keeps the runner to the tokens that it names', async () => {
    await apply(plainRunner)
    await kubectl([
      ...['-n', runnerNamespace, 'patch', 'deployment', 'runner', '--type=strategic'],
      ...['--patch-file', join(platform, 'kubernetes', 'runner-patch.yaml')],
    ])
    const text = await kubectl(['-n', runnerNamespace, 'get', 'deployment', 'runner', '-o', 'json'])
    const { spec } = JSON.parse(text).spec.template
    expect(spec).toMatchObject({
      serviceAccountName: 'ci-signer',
      automountServiceAccountToken: false,
    })
    const [container] = spec.containers
    expect(container).toMatchObject({ name: 'runner', image: 'registry.invalid/runner' })
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(
      ['/var/run/secrets/vault', '/etc/tierseal', '/var/run/secrets/kubernetes.io/serviceaccount'],
    )
  })
})

describe('the generated rights of a runner', () => {
  it.each([
    ['start a build pod', ['create', 'pods', '-n', buildNamespace], 'yes'],
    ['feed it', ['create', 'pods', '--subresource=attach', '-n', buildNamespace], 'yes'],
    ['read its log', ['get', 'pods', '--subresource=log', '-n', buildNamespace], 'yes'],
    ['end it', ['delete', 'pods', '-n', buildNamespace], 'yes'],
    ['run a command in it', ['create', 'pods', '--subresource=exec', '-n', buildNamespace], 'no'],
    ['read a Secret beside it', ['get', 'secrets', '-n', buildNamespace], 'no'],
    ['start a pod in its own namespace', ['create', 'pods', '-n', runnerNamespace], 'no'],
    ['start a pod elsewhere', ['create', 'pods', '-n', 'default'], 'no'],
  ])('whether it may %s', async (_, request, answer) => {
    const { stdout } = await tryKubectl(['auth', 'can-i', `--as=${account}`, ...request])
    expect(stdout.trim()).toBe(answer)
  })
})

describe('a PolicyException', () => {
  it.each(['kyverno.io/v2', 'policies.kyverno.io/v1'])(
    'of %s is refused where tiers.yaml does not list it, and the message says where to read on',
    async (apiVersion) => {
      const { exitCode, stderr } = await tryKubectl(
        ['create', '--dry-run=server', '-f', '-'],
        JSON.stringify(exceptionOf(apiVersion)),
      )
      expect(exitCode).toBe(1)
      expect(stderr).toContain('this PolicyException is not listed in tiers.yaml')
    },
  )
})

const plainRunner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'runner', namespace: runnerNamespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'runner' } },
    template: {
      metadata: { labels: { app: 'runner' } },
      spec: { containers: [{ name: 'runner', image: 'registry.invalid/runner' }] },
    },
  },
}

function exceptionOf(apiVersion: string): unknown {
  const metadata = { name: 'a-way-around', namespace: 'default' }
  const spec =
    apiVersion === 'kyverno.io/v2'
      ? {
          exceptions: [{ policyName: 'tierseal-dev-images', ruleNames: ['*'] }],
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
        }
      : { policyRefs: [{ name: 'tierseal-dev-images', kind: 'ImageValidatingPolicy' }] }
  return { apiVersion, kind: 'PolicyException', metadata, spec }
}
