import { maskSecret } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { Digest, DigestReference } from '@tierseal/oci'
import {
  type Credentials,
  type Descriptor,
  isIndex,
  RegistryClient,
  resolveCredentials,
  tryDescriptor,
} from '@tierseal/registry'
import type { Inputs } from './inputs.ts'
import { isRecord, tryJson } from './json.ts'

/** A registry of the site, with who we are there. */
interface Registry {
  readonly client: RegistryClient
  readonly credentials: Credentials | undefined
}

/** One manifest to sign. */
export interface Target {
  readonly image: DigestReference
  readonly registry: Registry
  /** Whether the input names it, or it is a child of an index that is named. */
  readonly named: boolean
}

type TargetInputs = Pick<
  Inputs,
  | 'images'
  | 'recursive'
  | 'registryUsername'
  | 'registryPassword'
  | 'dockerConfig'
  | 'registryCa'
  | 'clientCertificate'
  | 'plainHttp'
  | 'timeoutMs'
>

/**
 * Every manifest to sign, each proven to be in its registry. cosign would sign a digest that is nowhere
 * (facts: cosign.md 5.1).
 *
 * @throws KnownError SIGN_IMAGE_ABSENT, and what the registry answers
 */
export async function findTargets(inputs: TargetInputs): Promise<readonly Target[]> {
  const registries = new Map<string, Registry>()
  const targets = new Map<string, Target>()
  for (const image of inputs.images) {
    const host = image.repository.registry
    const registry = registries.get(host) ?? (await openRegistry(host, inputs))
    registries.set(host, registry)
    await proveImage(image, registry)
    targets.set(image.name + image.digest, { image, registry, named: true })
    const children = inputs.recursive ? await childrenOf(image, registry) : []
    for (const child of children) {
      const key = child.name + child.digest
      if (!targets.has(key)) targets.set(key, { image: child, registry, named: false })
    }
  }
  return [...targets.values()]
}

async function openRegistry(host: string, inputs: TargetInputs): Promise<Registry> {
  const { registryUsername: username, registryPassword: password, dockerConfig } = inputs
  const credentials = await resolveCredentials({ username, password, dockerConfig }, host)
  if (credentials !== undefined) maskSecret(credentials.password)
  const { registryCa: ca, clientCertificate, plainHttp, timeoutMs } = inputs
  const options = { host, ca, credentials, clientCertificate, plainHttp, timeoutMs }
  return { client: new RegistryClient(options), credentials }
}

async function proveImage(image: DigestReference, { client }: Registry): Promise<void> {
  const head = await client.headManifest(image.repository.path, image.digest)
  if (head === undefined) throw absent(image.name, image.digest)
}

/** The images of an index, and of the indexes in it; none where it is a single image. */
async function childrenOf(
  image: DigestReference,
  registry: Registry,
): Promise<readonly DigestReference[]> {
  const manifest = await registry.client.getManifest(image.repository.path, image.digest)
  if (manifest === undefined) throw absent(image.name, image.digest)
  if (!isIndex(manifest.mediaType)) return []
  const all: DigestReference[] = []
  for (const { digest } of manifestsOf(tryJson(manifest.bytes))) {
    const child = { ...image, tag: undefined, digest, text: `${image.name}@${digest}` }
    await proveImage(child, registry)
    all.push(child, ...(await childrenOf(child, registry)))
  }
  return all
}

function manifestsOf(index: unknown): readonly Descriptor[] {
  const manifests = isRecord(index) ? index['manifests'] : undefined
  return Array.isArray(manifests) ? manifests.flatMap((entry) => tryDescriptor(entry) ?? []) : []
}

function absent(name: string, digest: Digest): KnownError {
  return new KnownError('SIGN_IMAGE_ABSENT', `${name} does not hold ${digest}`, {
    hint: 'The push did not end, or went to another repository; sign what assert-digest has proven.',
  })
}
