import { join } from 'node:path'
import type { KanikoLayout } from './executor.ts'
import { cloneContainer, treeDirectory, treeMount } from './kubernetes-clone.ts'
import { literal } from './kubernetes-literal.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'

const work = '/kaniko/tierseal'

const caFile = `${work}/ca/ca.crt`

/** Where kaniko finds things in the pod; the digest goes where Kubernetes itself picks it up. */
export function podLayout(settings: KubernetesSettings): KanikoLayout {
  return {
    context:
      settings.git === undefined
        ? 'tar://stdin'
        : `dir://${join(treeDirectory, settings.git.folder)}`,
    digestFile: '/dev/termination-log',
    caFile,
    bringsCa: settings.caConfigMap !== undefined,
    clientCertificateFile: `${work}/client/tls.crt`,
    clientKeyFile: `${work}/client/tls.key`,
    secretsDirectory: `${work}/secrets`,
    ignoredPaths: [],
    ownFlags: settings.buildSecrets.map(({ id }) => `--secret=id=${id},src=${work}/secrets/${id}`),
  }
}

/** The container of a build, by its name in the pod. */
export const containerName = 'build'

export interface PodPlan {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  /** Variables of this build, beside those of every pod. */
  readonly env: Readonly<Record<string, string>>
  readonly deadlineSeconds: number
  readonly settings: KubernetesSettings
}

/**
 * The pod of one build. Its defaults pass the baseline pod security standard: root without any capability
 * but those that unpacking an image and RUN need, no host namespace, no host path, no service account token.
 * The deadline and the owner end it where the runner cannot.
 */
export function buildPod({ name, program, args, env, deadlineSeconds, settings }: PodPlan): object {
  const { git, caConfigMap, resources } = settings
  const ca = caConfigMap === undefined ? undefined : { volume: 'ca', file: caFile }
  const clone = git === undefined ? undefined : cloneContainer(git, ca, resources)
  const stdin = clone === undefined ? { stdin: true, stdinOnce: true } : {}
  return podWith(name, settings, {
    activeDeadlineSeconds: deadlineSeconds,
    ...(clone === undefined ? {} : { initContainers: [literal(clone.container)] }),
    containers: [literal({ ...container(settings, env), command: [program], args, ...stdin })],
    volumes: [...volumes(settings).map(({ volume }) => volume), ...(clone?.volumes ?? [])],
  })
}

/** A pod that only says what its kaniko is: one container for each question. */
export function probePod({
  name,
  program,
  deadlineSeconds,
  settings,
}: Omit<PodPlan, 'args' | 'env'>): object {
  const ask = (question: string, args: readonly string[]): object => ({
    ...container(settings),
    name: question,
    command: [program],
    args,
    volumeMounts: [],
  })
  return podWith(name, settings, {
    activeDeadlineSeconds: deadlineSeconds,
    containers: [ask('version', ['version']), ask('help', ['--help'])],
  })
}

function podWith(name: string, settings: KubernetesSettings, spec: object): object {
  const { serviceAccount, nodeSelector } = settings
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ...ownerReferences(settings) },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      nodeSelector,
      ...spec,
    },
  }
}

const labels = { 'app.kubernetes.io/name': 'kaniko', 'app.kubernetes.io/managed-by': 'tierseal' }

function container(settings: KubernetesSettings, env: PodPlan['env'] = {}) {
  const mounts = [
    ...volumes(settings).map(({ mount }) => mount),
    ...(settings.git === undefined ? [] : [treeMount]),
  ]
  return {
    name: containerName,
    image: settings.image,
    env: Object.entries({ ...environment(settings), ...env }).map(([name, value]) => ({
      name,
      value,
    })),
    resources: settings.resources,
    terminationMessagePolicy: 'File',
    securityContext: { ...defaultSecurity, ...settings.securityContext },
    volumeMounts: mounts.map((mount) => ({ ...mount, readOnly: true })),
  }
}

function environment({ caConfigMap }: KubernetesSettings): Readonly<Record<string, string>> {
  return {
    HOME: '/root',
    USER: 'root',
    container: 'kube',
    DOCKER_CONFIG: '/kaniko/.docker',
    // Where only one of the two is set, Go reads what the image has in the place of the other.
    ...(caConfigMap === undefined
      ? { SSL_CERT_DIR: '/kaniko/ssl/certs' }
      : { SSL_CERT_FILE: caFile, SSL_CERT_DIR: `${work}/no-certificates` }),
  }
}

const defaultSecurity = {
  runAsUser: 0,
  allowPrivilegeEscalation: false,
  capabilities: {
    drop: ['ALL'],
    add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETFCAP', 'SETGID', 'SETUID'],
  },
  seccompProfile: { type: 'RuntimeDefault' },
}

interface MountedVolume {
  readonly volume: object
  readonly mount: { readonly name: string; readonly mountPath: string }
}

function volumes(settings: KubernetesSettings): readonly MountedVolume[] {
  const { dockerConfigSecret, caConfigMap, buildSecrets } = settings
  const docker = { key: '.dockerconfigjson', path: 'config.json' }
  return [
    ...(dockerConfigSecret === undefined
      ? []
      : [
          mounted('docker', '/kaniko/.docker', {
            secret: { secretName: dockerConfigSecret, items: [docker] },
          }),
        ]),
    ...(caConfigMap === undefined
      ? []
      : [mounted('ca', `${work}/ca`, { configMap: { name: caConfigMap } })]),
    ...(buildSecrets.length === 0
      ? []
      : [mounted('secrets', `${work}/secrets`, { projected: { sources: sourcesOf(settings) } })]),
  ]
}

function sourcesOf({ buildSecrets }: KubernetesSettings): readonly object[] {
  return buildSecrets.map(({ id, secret, key }) => ({
    secret: { name: secret, items: [{ key, path: id }] },
  }))
}

function mounted(name: string, mountPath: string, source: object): MountedVolume {
  return { volume: { name, ...source }, mount: { name, mountPath } }
}

function ownerReferences({ owner }: KubernetesSettings): object {
  if (owner === undefined) return {}
  return {
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', ...owner, blockOwnerDeletion: false }],
  }
}
