import { KnownError } from '@tierseal/errors'
import type { BuildRequest } from '../build-request.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'

/**
 * Refuses what a pod cannot be given: it sees only what the cluster holds already.
 *
 * @throws KnownError INPUT_MISSING, INPUT_INVALID, ENGINE_CANNOT
 */
export function demandSettings(settings: KubernetesSettings, request: BuildRequest): void {
  const { image, caConfigMap } = settings
  if (image === undefined) {
    throw new KnownError('INPUT_MISSING', 'executor kubernetes needs the input kubernetes-image', {
      hint: 'Name a kaniko image in the registry of the site, by digest.',
    })
  }
  if (!/@sha256:[0-9a-f]{64}$/.test(image)) {
    throw new KnownError('INPUT_INVALID', `kubernetes-image ${image} is not named by digest`, {
      hint: 'A tag can be moved, and this image sees the credentials that push.',
    })
  }
  if (request.access.ca !== undefined && caConfigMap === undefined) {
    throw new KnownError('INPUT_MISSING', 'registry-ca is set, and kubernetes-ca is not', {
      hint: 'Put the same CA into a ConfigMap under the key ca.crt, and name it with kubernetes-ca.',
    })
  }
  if (request.secrets.length > 0) {
    throw new KnownError('ENGINE_CANNOT', 'secret-files and secret-envs do not reach a pod', {
      hint: 'Keep build secrets in a Secret of the cluster and name them with kubernetes-secrets.',
    })
  }
  if (request.access.clientCertificate !== undefined) {
    throw new KnownError('ENGINE_CANNOT', 'executor kubernetes has no client certificates yet')
  }
}
