import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionResult, moveTag, pushImage, runAction, toolPath } from '@tierseal/test-kit'
import { type Admission, judge, type Verdict } from './admission.ts'
import { admissionOf, podWith } from './chain.ts'
import type { Parts, TierName } from './parts.ts'
import type { Tampering } from './report.ts'
import { type SiteFiles, serviceName } from './site.ts'

/** What an attacker or a mistake has to work with. */
interface Scene {
  readonly directory: string
  readonly parts: Parts
  readonly files: SiteFiles
  /** The image that the chain has pinned. */
  readonly image: string
}

type Attempt = (scene: Scene) => Promise<Tampering>

/** Every tampering in the order of the chain. */
export const tamperings: readonly Attempt[] = [
  tagMovedBeforeThePin,
  emptyDigest,
  otherTiersServiceAccount,
  otherTiersRole,
  unsignedImage,
  otherTiersKey,
  foreignPath,
  tagMovedAfterThePin,
  manifestByTag,
]

async function tagMovedBeforeThePin(scene: Scene): Promise<Tampering> {
  const { registry } = scene.parts
  const built = await pushImage(registry, `dev/${serviceName}`, { tag: 'moving', seed: 'built' })
  const other = await pushImage(registry, `dev/${serviceName}`, { seed: 'someone else' })
  await moveTag(registry, `dev/${serviceName}`, 'moving', other)
  const image = `${registry.host}/dev/${serviceName}:moving`
  const result = await runAction('assert-digest', {
    inputs: { image, digest: built, ...access(scene) },
  })
  return byAction('a tag moved between build and pin', 'assert-digest', result)
}

async function emptyDigest(scene: Scene): Promise<Tampering> {
  const image = `${scene.parts.registry.host}/dev/${serviceName}@`
  const inputs = { image, key: 'env://SIGNING_KEY', ...access(scene) }
  return byAction(
    'an empty digest handed to the signer',
    'cosign-sign',
    await runAction('cosign-sign', { inputs }),
  )
}

async function otherTiersServiceAccount(scene: Scene): Promise<Tampering> {
  const result = await fetchKey(scene, { role: 'prod', serviceAccount: 'dev', path: 'prod' })
  return byAction("prod's key, asked for by dev's service account", 'vault-fetch-key', result)
}

async function otherTiersRole(scene: Scene): Promise<Tampering> {
  const result = await fetchKey(scene, { role: 'dev', serviceAccount: 'dev', path: 'prod' })
  return byAction("prod's key, asked for with dev's own role", 'vault-fetch-key', result)
}

async function unsignedImage(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, `dev/${serviceName}`, { seed: 'unsigned' })
  return byKyverno(scene, 'an unsigned image', `dev/${serviceName}@${digest}`)
}

async function otherTiersKey(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, `dev/${serviceName}`, { seed: 'wrong key' })
  signByHand(scene, `dev/${serviceName}@${digest}`, 'prod')
  return byKyverno(scene, "an image signed with prod's key", `dev/${serviceName}@${digest}`)
}

async function foreignPath(scene: Scene): Promise<Tampering> {
  const digest = await pushImage(scene.parts.registry, `prod/${serviceName}`, { seed: 'foreign' })
  signByHand(scene, `prod/${serviceName}@${digest}`, 'dev')
  return byKyverno(scene, "an image from outside dev's path", `prod/${serviceName}@${digest}`)
}

async function tagMovedAfterThePin(scene: Scene): Promise<Tampering> {
  const { registry } = scene.parts
  const other = await pushImage(registry, `dev/${serviceName}`, { seed: 'after the pin' })
  await moveTag(registry, `dev/${serviceName}`, 'moving', other)
  const verdict = judge(admission(scene), 'after-pin', podWith(scene.image))
  return verdictOf('the pinned digest, after its tag moved', 'admitted', verdict)
}

async function manifestByTag(scene: Scene): Promise<Tampering> {
  return byKyverno(scene, 'a manifest that names the moved tag', `dev/${serviceName}:moving`)
}

function fetchKey(
  { directory, parts }: Scene,
  asked: Readonly<Record<'role' | 'serviceAccount' | 'path', TierName>>,
): Promise<ActionResult> {
  const token = join(directory, `token-${asked.role}-${asked.path}`)
  const namespace = `ci-${asked.serviceAccount}`
  writeFileSync(token, parts.reviewer.issue({ namespace, name: 'ci-signer' }), { mode: 0o600 })
  const inputs = {
    'vault-address': parts.vault.address,
    'vault-ca': parts.caPath,
    role: `ci-signer-${asked.role}`,
    'token-file': token,
    'kv-mount': 'cosign',
    'secret-path': `tiers/${asked.path}`,
    'public-path': `public/${asked.path}`,
  }
  return runAction('vault-fetch-key', { inputs })
}

// Whoever has a key needs no action to sign with it.
function signByHand({ directory, parts }: Scene, image: string, tier: TierName): void {
  const { privateKey, password } = parts.keys[tier]
  const reference = `${parts.registry.host}/${image}`
  const offline = ['--use-signing-config=false', '--tlog-upload=false', '--yes']
  const key = ['--key', 'env://SIGNING_KEY', '--registry-cacert', parts.caPath]
  execFileSync(toolPath('cosign3'), ['sign', ...offline, ...key, reference], {
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

function access({ parts }: Scene): Readonly<Record<string, string>> {
  const { username, password } = parts.registry
  return {
    'registry-ca': parts.caPath,
    'registry-username': username,
    'registry-password': password,
  }
}

function admission({ directory, parts, files }: Scene): Admission {
  return admissionOf(directory, parts, files, 'dev')
}

function byKyverno(scene: Scene, name: string, image: string): Tampering {
  const pod = podWith(`${scene.parts.registry.host}/${image}`)
  return verdictOf(name, 'refused', judge(admission(scene), name.replaceAll(/\W+/g, '-'), pod))
}

function verdictOf(name: string, expected: Tampering['expected'], verdict: Verdict): Tampering {
  const { admitted, reasons } = verdict
  const message = admitted ? 'every policy passes' : reasons.join('\n')
  return { name, expected, got: admitted ? 'admitted' : 'refused', by: 'Kyverno', message }
}

function byAction(
  name: string,
  action: string,
  { exitCode, annotations }: ActionResult,
): Tampering {
  const got = exitCode === 0 ? 'admitted' : 'refused'
  const message = annotations.map((annotation) => annotation.message).join('\n')
  return { name, expected: 'refused', got, by: action, message }
}
