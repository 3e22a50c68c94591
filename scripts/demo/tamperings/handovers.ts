import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { moveTag, pushImage } from '@tierseal/test-kit'
import type { TierName } from '../parts.ts'
import type { Tampering } from '../report.ts'
import { serviceName } from '../site.ts'
import { refusedByAction, registryInputs, type Scene } from './scene.ts'

/** What goes wrong between two steps of a job, and which step refuses it. */

export function buildForTwoTiers(scene: Scene): Promise<Tampering> {
  const { host } = scene.parts.registry
  return refusedByAction(
    'a build whose extra arguments push to prod too',
    'kaniko-build',
    'ARGUMENT_REFUSED',
    {
      engine: 'buildah',
      context: scene.files.service,
      destination: `${host}/dev/${serviceName}:two`,
      'extra-args': `--tag=${host}/prod/${serviceName}:two`,
      ...registryInputs(scene),
    },
  )
}

export async function tagMovedBeforeThePin(scene: Scene): Promise<Tampering> {
  const { registry } = scene.parts
  const digest = await pushImage(registry, `dev/${serviceName}`, { tag: 'moving', seed: 'built' })
  const other = await pushImage(registry, `dev/${serviceName}`, { seed: 'someone else' })
  await moveTag(registry, `dev/${serviceName}`, 'moving', other)
  const image = `${registry.host}/dev/${serviceName}:moving`
  return refusedByAction('a tag moved between build and pin', 'assert-digest', 'TAG_MOVED', {
    image,
    digest,
    ...registryInputs(scene),
  })
}

export function emptyDigest(scene: Scene): Promise<Tampering> {
  const { registry, keys } = scene.parts
  const image = `${registry.host}/dev/${serviceName}@`
  const inputs = { image, key: 'env://SIGNING_KEY', ...registryInputs(scene) }
  const env = { SIGNING_KEY: keys.dev.privateKey }
  const name = 'an empty digest handed to the signer'
  return refusedByAction(name, 'cosign-sign', 'DIGEST_EMPTY', inputs, env)
}

export function otherTiersServiceAccount(scene: Scene): Promise<Tampering> {
  const asked = { role: 'prod', serviceAccount: 'dev', path: 'prod' } as const
  return fetchKey(
    scene,
    asked,
    "prod's key, asked for by dev's service account",
    'VAULT_KUBERNETES_NAMESPACE_REFUSED',
  )
}

export function otherTiersRole(scene: Scene): Promise<Tampering> {
  const asked = { role: 'dev', serviceAccount: 'dev', path: 'prod' } as const
  return fetchKey(
    scene,
    asked,
    "prod's key, asked for with dev's own role",
    'VAULT_POLICY_TOO_NARROW',
  )
}

export function tagHandedToThePin(scene: Scene): Promise<Tampering> {
  const { git, registry } = scene.parts
  const image = `${registry.host}/dev/${serviceName}:${scene.tag}`
  return refusedByAction('a tag handed to the pin', 'kustomize-pin', 'REFERENCE_IS_TAG', {
    repository: scene.files.gitopsUrl,
    pins: `overlays/dev/${serviceName} ${image}`,
    'git-ca': scene.parts.caPath,
    username: 'tierseal',
    token: git.token,
    'allow-unknown-order': 'true',
  })
}

function fetchKey(
  { directory, parts }: Scene,
  asked: Readonly<Record<'role' | 'serviceAccount' | 'path', TierName>>,
  name: string,
  code: string,
): Promise<Tampering> {
  const token = join(directory, `token-${asked.role}-${asked.path}`)
  const namespace = `ci-${asked.serviceAccount}`
  writeFileSync(token, parts.reviewer.issue({ namespace, name: 'ci-signer' }), { mode: 0o600 })
  return refusedByAction(name, 'vault-fetch-key', code, {
    'vault-address': parts.vault.address,
    'vault-ca': parts.caPath,
    role: `ci-signer-${asked.role}`,
    'token-file': token,
    'kv-mount': 'cosign',
    'secret-path': `tiers/${asked.path}`,
    'public-path': `public/${asked.path}`,
  })
}
