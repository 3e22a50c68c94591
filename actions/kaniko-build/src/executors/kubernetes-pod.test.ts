import { describe, expect, it } from 'vitest'
import { buildPod, podLayout } from './kubernetes-pod.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'

const settings: KubernetesSettings = {
  image: `registry.internal:5000/platform/kaniko@sha256:${'b'.repeat(64)}`,
  namespace: 'builds',
  kubeconfig: undefined,
  kubectlPath: undefined,
  serviceAccount: 'builder',
  dockerConfigSecret: 'push',
  caConfigMap: 'site-ca',
  buildSecrets: [{ id: 'npm', secret: 'tokens', key: 'npm-token' }],
  resources: { requests: { cpu: '500m' }, limits: { memory: '2Gi' } },
  nodeSelector: { pool: 'builds' },
  securityContext: {},
  owner: { name: 'runner-0', uid: '00000000-0000-0000-0000-000000000000' },
}

function podOf(changes: Partial<KubernetesSettings> = {}): string {
  const plan = {
    name: 'b',
    program: '/kaniko/executor',
    args: ['--context=tar://stdin'],
    deadlineSeconds: 60,
  }
  return JSON.stringify(buildPod({ ...plan, settings: { ...settings, ...changes } }))
}

describe('the pod of a build', () => {
  it('ends by itself: deadline, owner, no restart', () => {
    expect(JSON.parse(podOf())).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Pod', name: 'runner-0' }] },
      spec: { activeDeadlineSeconds: 60, restartPolicy: 'Never' },
    })
  })

  it('asks for nothing that the baseline pod security standard forbids', () => {
    expect(podOf()).not.toMatch(
      /privileged|hostPath|hostNetwork|hostPID|hostPort|SYS_ADMIN|NET_RAW/,
    )
    expect(JSON.parse(podOf())).toMatchObject({
      spec: {
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              seccompProfile: { type: 'RuntimeDefault' },
            },
          },
        ],
      },
    })
  })

  it('mounts no service account token', () => {
    expect(JSON.parse(podOf())).toMatchObject({ spec: { automountServiceAccountToken: false } })
  })

  it('mounts credentials and CA read-only, by the names that it was given', () => {
    expect(JSON.parse(podOf())).toMatchObject({
      spec: {
        containers: [
          {
            volumeMounts: [
              { name: 'docker', mountPath: '/kaniko/.docker', readOnly: true },
              { name: 'ca', readOnly: true },
              { name: 'secrets', readOnly: true },
            ],
          },
        ],
        volumes: [
          {
            secret: {
              secretName: 'push',
              items: [{ key: '.dockerconfigjson', path: 'config.json' }],
            },
          },
          { configMap: { name: 'site-ca' } },
          {
            projected: {
              sources: [{ secret: { name: 'tokens', items: [{ key: 'npm-token', path: 'npm' }] } }],
            },
          },
        ],
      },
    })
  })

  it('takes fields of a security context over its own', () => {
    const pod = podOf({ securityContext: { runAsUser: 1000 } })
    expect(JSON.parse(pod)).toMatchObject({
      spec: {
        containers: [{ securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false } }],
      },
    })
  })

  it('reads its context from stdin once, and leaves its digest where Kubernetes picks it up', () => {
    const layout = podLayout(settings)
    expect(layout).toMatchObject({ context: 'tar://stdin', digestFile: '/dev/termination-log' })
    expect(JSON.parse(podOf())).toMatchObject({
      spec: { containers: [{ stdin: true, stdinOnce: true, terminationMessagePolicy: 'File' }] },
    })
  })

  it('tells kaniko of every build secret by its id', () => {
    expect(podLayout(settings).ownFlags).toEqual([
      '--secret=id=npm,src=/kaniko/tierseal/secrets/npm',
    ])
  })
})
