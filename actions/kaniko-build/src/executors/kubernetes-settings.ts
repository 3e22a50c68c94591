import { asText, type InputSpec, type InputValues, list, optional } from '@tierseal/action-kit'
import { parseDigestReference } from '@tierseal/oci'
import { type GitContext, gitSpecs } from './git-context.ts'

/** Where the pods of builds run and what they may use; all of it exists before the build. */
export interface KubernetesSettings {
  readonly image: string | undefined
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
  readonly kubectlPath: string | undefined
  readonly serviceAccount: string | undefined
  /** Secret of type kubernetes.io/dockerconfigjson, for pulling base images and pushing. */
  readonly dockerConfigSecret: string | undefined
  /** ConfigMap whose key ca.crt is the CA of the registries. */
  readonly caConfigMap: string | undefined
  readonly buildSecrets: readonly PodSecret[]
  /** A context that the pod clones; undefined where it comes over stdin. */
  readonly git: GitContext | undefined
  readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>
  readonly nodeSelector: Readonly<Record<string, string>>
  /** Laid over the default security context of the container. */
  readonly securityContext: Readonly<Record<string, unknown>>
  /** The runner's own pod: its end ends the build's pod. */
  readonly owner: PodOwner | undefined
}

/** A pod, by what no other one ever had together. */
export interface PodOwner {
  readonly name: string
  readonly uid: string
}

/** One key of a Secret that a RUN sees under an id. */
export interface PodSecret {
  readonly id: string
  readonly secret: string
  readonly key: string
}

/** The inputs of executor kubernetes; every name starts with kubernetes-, but the two shared ones. */
export const kubernetesSpecs = {
  image: optional('kubernetes-image', parsePinnedImage),
  namespace: optional('kubernetes-namespace', asText),
  kubeconfig: optional('kubeconfig', asText),
  kubectlPath: optional('kubectl-path', asText),
  serviceAccount: optional('kubernetes-service-account', asText),
  dockerConfigSecret: optional('kubernetes-docker-config', asText),
  caConfigMap: optional('kubernetes-ca', asText),
  buildSecrets: list('kubernetes-secrets', parsePodSecret),
  resources: list('kubernetes-resources', parseResource),
  nodeSelector: list('kubernetes-node-selector', parsePair),
  securityContext: optional('kubernetes-security-context', parseObject),
  owner: optional('kubernetes-owner', parseOwner),
  ...gitSpecs,
} as const satisfies Record<string, InputSpec<unknown>>

/** The settings that the inputs describe. */
export function kubernetesSettings(
  values: InputValues<typeof kubernetesSpecs> & Pick<KubernetesSettings, 'git'>,
): KubernetesSettings {
  const { image, namespace, kubeconfig, kubectlPath, serviceAccount, owner, git } = values
  const { dockerConfigSecret, caConfigMap, buildSecrets } = values
  return {
    ...{ image, namespace, kubeconfig, kubectlPath, serviceAccount, owner, git },
    ...{ dockerConfigSecret, caConfigMap, buildSecrets },
    resources: {
      requests: resourcesOf(values.resources, 'requests'),
      limits: resourcesOf(values.resources, 'limits'),
    },
    nodeSelector: Object.fromEntries(values.nodeSelector),
    securityContext: values.securityContext ?? {},
  }
}

// A tag can be moved, and this image sees the credentials that push.
function parsePinnedImage(value: string): string {
  return parseDigestReference(value).text
}

function parsePair(line: string): readonly [string, string] {
  const match = /^([^=\s]+)=(\S+)$/.exec(line)
  if (match === null) throw new Error(`${JSON.stringify(line)} is not NAME=value`)
  return [match[1] ?? '', match[2] ?? '']
}

function parsePodSecret(line: string): PodSecret {
  const match = /^([\w.-]+)=([a-z0-9.-]+)\/([\w.-]+)$/.exec(line)
  const [, id, secret, key] = match ?? []
  if (id === undefined || secret === undefined || key === undefined) {
    throw new Error(`${JSON.stringify(line)} is not id=secret-name/key`)
  }
  return { id, secret, key }
}

interface Resource {
  readonly kind: 'requests' | 'limits'
  readonly name: string
  readonly value: string
}

function parseResource(line: string): Resource {
  const [, kind, name, value] = /^(requests|limits)\.([^=\s]+)=(\S+)$/.exec(line) ?? []
  if ((kind === 'requests' || kind === 'limits') && name !== undefined && value !== undefined) {
    return { kind, name, value }
  }
  throw new Error(`${JSON.stringify(line)} is not requests.NAME=value or limits.NAME=value`)
}

function resourcesOf(given: readonly Resource[], kind: Resource['kind']): Record<string, string> {
  const own = given.filter((resource) => resource.kind === kind)
  return Object.fromEntries(own.map(({ name, value }) => [name, value]))
}

function parseObject(value: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(value)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  throw new Error('it is not a JSON object')
}

function parseOwner(value: string): PodOwner {
  const match = /^([a-z0-9.-]+)\/([0-9a-f-]{36})$/.exec(value)
  if (match === null) throw new Error(`${JSON.stringify(value)} is not pod-name/uid`)
  return { name: match[1] ?? '', uid: match[2] ?? '' }
}
