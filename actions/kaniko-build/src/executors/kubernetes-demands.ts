import type { InputValues } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { type GitInputs, gitJoints } from './git-context.ts'
import type { kubernetesSpecs } from './kubernetes-settings.ts'

/** The inputs of kaniko-build that a pod has to do with. */
interface Given extends InputValues<typeof kubernetesSpecs>, GitInputs {
  readonly engine: string
  readonly executor: string
  readonly ca: unknown
  readonly secretFiles: readonly unknown[]
  readonly secretVariables: readonly unknown[]
  readonly certificatePath: string | undefined
  readonly keyPath: string | undefined
}

/** What executor kubernetes asks of several inputs: a pod sees only what the cluster holds already. */
export const kubernetesDemands = {
  podEngine: { of: ['engine', 'executor'], read: demandKaniko },
  podImage: { of: ['executor', 'image'], read: demandImage },
  podCa: { of: ['executor', 'ca', 'caConfigMap'], read: demandCa },
  podLines: { of: ['resources', 'nodeSelector', 'buildSecrets'], read: demandOnce },
  podSecrets: { of: ['executor', 'secretFiles', 'secretVariables'], read: refuseSecrets },
  ...gitJoints,
  podCertificate: { of: ['executor', 'certificatePath', 'keyPath'], read: refuseCertificate },
} as const

function demandKaniko({ engine, executor }: Given): void {
  if (executor === 'sandbox' || engine === 'kaniko') return
  throw new KnownError('ENGINE_CANNOT', `engine ${engine} has no executor ${executor}`, {
    hint: 'Only kaniko runs in pods or in place; leave executor out to use another engine on the runner.',
  })
}

function demandImage({ executor, image }: Given): void {
  if (executor !== 'kubernetes' || image !== undefined) return
  throw new KnownError(
    'INPUT_MISSING',
    'input kubernetes-image: it is empty, and executor kubernetes needs it',
    { hint: 'Name a kaniko image in the registry of the site, by digest.' },
  )
}

function demandCa({ executor, ca, caConfigMap }: Given): void {
  if (executor !== 'kubernetes' || ca === undefined || caConfigMap !== undefined) return
  throw new KnownError(
    'INPUT_MISSING',
    'input kubernetes-ca: it is empty, and registry-ca is set',
    {
      hint: 'Put the same CA into a ConfigMap under the key ca.crt, and name it with kubernetes-ca.',
    },
  )
}

function demandOnce({ resources, nodeSelector, buildSecrets }: Given): void {
  const lines = {
    'kubernetes-resources': resources.map(({ kind, name }) => `${kind}.${name}`),
    'kubernetes-node-selector': nodeSelector.map(([name]) => name),
    'kubernetes-secrets': buildSecrets.map(({ id }) => id),
  }
  for (const [input, names] of Object.entries(lines)) {
    const repeated = names.find((name, index) => names.indexOf(name) !== index)
    if (repeated === undefined) continue
    throw new KnownError('INPUT_INVALID', `${input}: ${repeated} is given twice`, {
      hint: 'Keep the line that is meant.',
    })
  }
}

function refuseSecrets({ executor, secretFiles, secretVariables }: Given): void {
  if (executor !== 'kubernetes' || secretFiles.length + secretVariables.length === 0) return
  throw new KnownError('ENGINE_CANNOT', 'secret-files and secret-envs do not reach a pod', {
    hint: 'Keep build secrets in a Secret of the cluster and name them with kubernetes-secrets.',
  })
}

function refuseCertificate({ executor, certificatePath, keyPath }: Given): void {
  if (executor !== 'kubernetes' || (certificatePath ?? keyPath) === undefined) return
  throw new KnownError(
    'ENGINE_CANNOT',
    'registry-client-certificate: executor kubernetes has no client certificates yet',
  )
}
