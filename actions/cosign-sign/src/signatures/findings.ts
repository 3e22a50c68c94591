import { KnownError } from '@tierseal/errors'
import type { Digest } from '@tierseal/oci'
import type { Descriptor } from '@tierseal/registry'
import type { Format } from '../format.ts'
import { judgeBundle, type Verdict } from './dsse.ts'
import { maxSignatureBytes, type Question } from './question.ts'
import { holdsSignature, layersOf } from './simple-signing.ts'

/** What the registry holds for an image, judged with one public key. */
export interface Findings {
  /** Where signatures by this key are: manifests, or the .sig tag. */
  readonly signatures: readonly string[]
  /** Bundles of others. A verifier that sees any bundle does not look for legacy signatures. */
  readonly foreignBundles: readonly Digest[]
  /** Whether a bundle by this key makes an image signed for those who see bundles. */
  readonly hasOwnBundle: boolean
  /** Whether the signatures are in a tag, which two writers can overwrite for each other. */
  readonly overwritable: boolean
}

/** Looks at an image with our own eyes: nothing here goes through cosign. */
export async function findSignatures(format: Format, question: Question): Promise<Findings> {
  const { api, descriptors } = await question.client.listReferrers(question.path, question.digest)
  const bundles = await judgeBundles(descriptors, question)
  const own = digestsOf(bundles, 'signature')
  const seen = {
    foreignBundles: digestsOf(bundles, 'foreign'),
    hasOwnBundle: own.length > 0,
    overwritable: !api,
  }
  switch (format) {
    case 'bundle':
      return { ...seen, signatures: own.map((digest) => `@${digest}`) }
    case 'oci-1-1':
      return { ...seen, signatures: await experimentalSignatures(descriptors, question) }
    case 'legacy':
      return { ...seen, signatures: await legacySignatures(question), overwritable: true }
  }
}

type Judged = readonly [digest: Digest, verdict: Verdict]

function digestsOf(bundles: readonly Judged[], wanted: Verdict): readonly Digest[] {
  return bundles.flatMap(([digest, verdict]) => (verdict === wanted ? [digest] : []))
}

async function legacySignatures(question: Question): Promise<readonly string[]> {
  const tag = `${question.digest.replace(':', '-')}.sig`
  const manifest = await question.client.getManifest(question.path, tag)
  if (manifest === undefined) return []
  return (await holdsSignature(manifest, question)) ? [`:${tag}`] : []
}

async function experimentalSignatures(
  descriptors: readonly Descriptor[],
  question: Question,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const { artifactType, digest } of descriptors) {
    if (artifactType !== 'application/vnd.dev.cosign.artifact.sig.v1+json') continue
    refuseLate(question, descriptors.length)
    const manifest = await question.client.getManifest(question.path, digest)
    if (manifest === undefined) continue
    if (await holdsSignature(manifest, question)) found.push(`@${digest}`)
  }
  return found
}

const bundleType = /^application\/vnd\.dev\.sigstore\.bundle/

async function judgeBundles(
  descriptors: readonly Descriptor[],
  question: Question,
): Promise<readonly Judged[]> {
  const judged: Judged[] = []
  for (const descriptor of descriptors.filter(mayBeBundle)) {
    refuseLate(question, descriptors.length)
    const verdict = await judgeReferrer(descriptor.digest, question)
    if (verdict !== undefined) judged.push([descriptor.digest, verdict])
  }
  return judged
}

// Whoever may push to the repository may attach referrers without end.
function refuseLate({ deadlineAt, path, digest }: Question, count: number): void {
  if (Date.now() < deadlineAt) return
  throw new KnownError(
    'DEADLINE_EXCEEDED',
    `${path}@${digest} has ${count} referrers, and not all could be looked at in time`,
    { hint: 'Remove what nobody needs, or raise timeout-seconds.' },
  )
}

// cosign 2.6 writes the type of the empty config into the fallback index (facts: cosign.md 3).
function mayBeBundle({ artifactType }: Descriptor): boolean {
  return (
    artifactType === undefined ||
    artifactType === 'application/vnd.oci.empty.v1+json' ||
    bundleType.test(artifactType)
  )
}

async function judgeReferrer(digest: Digest, question: Question): Promise<Verdict | undefined> {
  const manifest = await question.client.getManifest(question.path, digest)
  const layer = manifest && layersOf(manifest).find(({ mediaType }) => bundleType.test(mediaType))
  if (layer === undefined) return undefined
  if (layer.size > maxSignatureBytes) return 'foreign'
  const bundle = await question.client.getBlob(question.path, layer, digest)
  return bundle === undefined ? undefined : judgeBundle(bundle, question)
}
