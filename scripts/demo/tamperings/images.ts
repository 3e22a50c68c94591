import { execFileSync } from 'node:child_process'
import { moveTag, pushImage, requestRegistry, toolPath } from '@tierseal/test-kit'
import type { TierName } from '../parts.ts'
import type { Tampering } from '../report.ts'
import { serviceName } from '../site.ts'
import { admittedByKyverno, refusedByKyverno, type Scene } from './scene.ts'

/** Images that reach the cluster by another way than the chain, and what admission says of them. */

const path = `dev/${serviceName}`
const notSigned = 'tierseal-dev-images (fail): not signed by the key of tier dev'

export async function unsignedImage(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, path, { seed: 'unsigned' })
  return refusedByKyverno(scene, 'an unsigned image', named(scene, `${path}@${digest}`), notSigned)
}

export async function otherTiersKey(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, path, { seed: 'wrong key' })
  const image = named(scene, `${path}@${digest}`)
  signByHand(scene, image, 'prod')
  return refusedByKyverno(scene, "an image signed with prod's key", image, notSigned)
}

export async function foreignPath(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, `prod/${serviceName}`, { seed: 'foreign' })
  const image = named(scene, `prod/${serviceName}@${digest}`)
  signByHand(scene, image, 'dev')
  const because = 'tierseal-dev-foreign-images (fail): tier dev runs images below'
  return refusedByKyverno(scene, "an image from outside dev's path", image, because)
}

export async function tagMovedAfterThePin(scene: Scene): Promise<Tampering> {
  const { registry } = scene.parts
  await demandPinnedTag(scene)
  const other = await pushImage(registry, path, { seed: 'after the pin' })
  await moveTag(registry, path, scene.tag, other)
  return admittedByKyverno(scene, 'the pinned digest, after its tag moved', scene.image)
}

/** Comes after `tagMovedAfterThePin`. */
export async function manifestByTag(scene: Scene): Promise<Tampering> {
  const image = named(scene, `${path}:${scene.tag}`)
  return refusedByKyverno(
    scene,
    'a manifest that names the moved tag',
    image,
    'does not have a digest',
  )
}

// A tag that never named the pinned image would prove nothing by moving.
async function demandPinnedTag({ parts, image, tag }: Scene): Promise<void> {
  const { headers } = await requestRegistry(parts.registry, 'HEAD', `${path}/manifests/${tag}`, {
    accept: 'application/vnd.oci.image.manifest.v1+json',
  })
  const digest = headers['docker-content-digest']
  if (!image.endsWith(`@${digest}`)) throw new Error(`tag ${tag} names ${digest}, not ${image}`)
}

function named({ parts }: Scene, image: string): string {
  return `${parts.registry.host}/${image}`
}

// Whoever has a key needs no action to sign with it.
function signByHand({ directory, parts }: Scene, image: string, tier: TierName): void {
  const { privateKey, password } = parts.keys[tier]
  const offline = ['--use-signing-config=false', '--tlog-upload=false', '--yes']
  const key = ['--key', 'env://SIGNING_KEY', '--registry-cacert', parts.caPath]
  execFileSync(toolPath('cosign3'), ['sign', ...offline, ...key, image], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      DOCKER_CONFIG: parts.registry.dockerConfigDirectory,
      SIGNING_KEY: privateKey,
      COSIGN_PASSWORD: password,
    },
  })
}
