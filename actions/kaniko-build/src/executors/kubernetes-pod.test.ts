import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GitContext } from './git-context.ts'
import { cloneContainer } from './kubernetes-clone.ts'
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
  git: undefined,
  buildSecrets: [{ id: 'npm', secret: 'tokens', key: 'npm-token' }],
  resources: { requests: { cpu: '500m' }, limits: { memory: '2Gi' } },
  nodeSelector: { pool: 'builds' },
  securityContext: {},
  owner: { name: 'runner-0', uid: '00000000-0000-0000-0000-000000000000' },
}

function podOf(
  changes: Partial<KubernetesSettings> = {},
  args: readonly string[] = ['--context=tar://stdin'],
): string {
  const plan = {
    name: 'b',
    program: '/kaniko/executor',
    args,
    env: { NO_PROXY: 'files.internal:80' },
    deadlineSeconds: 60,
  }
  return JSON.stringify(buildPod({ ...plan, settings: { ...settings, ...changes } }))
}

interface Started {
  readonly command: readonly string[]
  readonly args?: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

/**
 * What kubelet starts the containers with: kubernetes 1.37.2, third_party/forked/golang/expansion, as it answered for
 * these texts. A name that is no variable of the container stays as it is.
 */
function started(pod: string, list: 'containers' | 'initContainers'): Started {
  const [container]: readonly Started[] = JSON.parse(pod).spec[list]
  if (container === undefined) throw new Error(`no ${list}`)
  const variables = new Map(container.env.map(({ name, value }) => [name, value]))
  const expand = (text: string): string =>
    text.replaceAll(/\$(?:(\$)|\(([^)]*)\))/g, (whole, dollar: string | undefined, name: string) =>
      dollar === undefined ? (variables.get(name) ?? whole) : dollar,
    )
  return {
    command: container.command.map(expand),
    args: (container.args ?? []).map(expand),
    env: container.env.map(({ name, value }) => ({ name, value: expand(value) })),
  }
}

describe('the pod of a build', () => {
  it('starts kaniko with the very arguments, though kubelet reads $(NAME) and $$ in them', () => {
    const args = [
      '--build-arg=A=a$$b',
      '--label=x=$(HOME)',
      '--build-arg=B=$(',
      '--label=y=$',
      'z$',
    ]
    expect(started(podOf({}, args), 'containers').args).toEqual(args)
  })

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

  it.each([
    // Both variables, since Go reads what the image has in the place of one that is not set.
    ['ca.crt of its ConfigMap alone', 'site-ca', 'ca/ca.crt', 'no-certificates'],
    ['what its image has where there is none', undefined, undefined, '../ssl/certs'],
  ])('trusts %s', (_what, caConfigMap, file, directory) => {
    const [{ env }] = JSON.parse(podOf({ caConfigMap })).spec.containers
    const path = (relative: string) => join('/kaniko/tierseal', relative)
    expect(env).toContainEqual({ name: 'SSL_CERT_DIR', value: path(directory) })
    const files = env.filter(({ name }: { name: string }) => name === 'SSL_CERT_FILE')
    expect(files.map(({ value }: { value: string }) => value)).toEqual(
      file === undefined ? [] : [path(file)],
    )
    expect(podLayout({ ...settings, caConfigMap }).bringsCa).toBe(caConfigMap !== undefined)
  })

  it('gets the variables of its build beside its own', () => {
    const [{ env }] = JSON.parse(podOf()).spec.containers
    expect(env).toContainEqual({ name: 'NO_PROXY', value: 'files.internal:80' })
    expect(env).toContainEqual({ name: 'DOCKER_CONFIG', value: '/kaniko/.docker' })
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

describe('the pod of a build that clones its context', () => {
  const git: GitContext = {
    repository: 'https://git.internal/teams/shop.git',
    commit: 'c'.repeat(40),
    folder: 'services/shop',
    secret: 'git-reader',
    image: `registry.internal:5000/platform/git@sha256:${'d'.repeat(64)}`,
  }
  const pod = JSON.parse(podOf({ git }))
  const [clone] = pod.spec.initContainers
  const [build] = pod.spec.containers

  it('names repository, commit and folder as arguments, never inside the script', () => {
    expect(clone.command.slice(-3)).toEqual([git.repository, git.commit, git.folder])
    expect(clone.command.slice(0, -3).join()).not.toMatch(/shop|cccc/)
  })

  it('starts with the very script, repository and variables', () => {
    const odd = { ...git, repository: 'https://git.internal/$(HOME)/a$$b.git' }
    const ca = { volume: 'ca', file: '/kaniko/tierseal/ca/ca.crt' }
    const { command, env } = cloneContainer(odd, ca, {}).container
    expect(started(podOf({ git: odd }), 'initContainers')).toMatchObject({ command, env })
  })

  it('has the credentials in a Secret that only the container of the clone mounts', () => {
    expect(pod.spec.volumes).toContainEqual({
      name: 'git-credentials',
      secret: {
        secretName: 'git-reader',
        defaultMode: 0o400,
        items: [
          { key: 'username', path: 'username' },
          { key: 'password', path: 'password' },
        ],
      },
    })
    expect(JSON.stringify(clone.volumeMounts)).toContain('git-credentials')
    expect(JSON.stringify(build.volumeMounts)).not.toContain('git')
    expect(JSON.stringify(clone.env)).not.toContain('secretKeyRef')
  })

  it('gives the container of the clone neither the push credentials nor any right', () => {
    expect(clone.volumeMounts.map(({ name }: { name: string }) => name).sort()).toEqual(
      ['ca', 'git', 'git-credentials', 'tree'].sort(),
    )
    expect(clone.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(clone.securityContext.capabilities).not.toHaveProperty('add')
  })

  it('trusts the CA of the site alone, and no setting of the image', () => {
    const env = Object.fromEntries(
      clone.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    )
    expect(env).toMatchObject({
      GIT_SSL_CAINFO: '/kaniko/tierseal/ca/ca.crt',
      GIT_ALLOW_PROTOCOL: 'https',
      GIT_CONFIG_GLOBAL: '/dev/null',
    })
  })

  it('shows the build the files of the commit, read-only, and waits for no stdin', () => {
    const tree = { name: 'tree', mountPath: '/kaniko/tierseal/context', readOnly: true }
    expect(build.volumeMounts).toContainEqual(tree)
    expect(build).not.toHaveProperty('stdin')
    expect(podLayout({ ...settings, git }).context).toBe(
      'dir:///kaniko/tierseal/context/services/shop',
    )
    expect(podLayout({ ...settings, git: { ...git, folder: '' } }).context).toBe(
      'dir:///kaniko/tierseal/context',
    )
  })

  it('clones what everybody may read without any Secret', () => {
    const open = podOf({ git: { ...git, secret: undefined } })
    expect(open).not.toContain('git-credentials"')
  })
})
