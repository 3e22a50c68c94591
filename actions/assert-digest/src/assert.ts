import {
  appendSummary,
  log,
  mapInParallel,
  maskSecret,
  type SummaryRow,
  summaryTable,
} from '@tierseal/action-kit'
import { joinFailures } from '@tierseal/errors'
import type { DigestReference } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import type { AssertInputs } from './inputs.ts'
import { type ProvenImage, proveImage } from './prove-image.ts'

/** What later steps may rely on; one line per image. */
export type AssertOutputs = Readonly<
  Record<'digest' | 'image' | 'media-type' | 'platforms', readonly string[]>
>

// Nearly all of the time is waiting for the registry.
const imagesAtOnce = 4

/**
 * Proves every image against its registry.
 *
 * @throws what is wrong with an image; one KnownError for several
 */
export async function assertDigests(inputs: AssertInputs): Promise<AssertOutputs> {
  const { ca, clientCertificate, credentials, plainHttp, timeoutMs } = inputs
  if (plainHttp) log.warning('plain-http: the registry is asked without TLS.')
  const connection = { ca, clientCertificate, credentials, plainHttp, timeoutMs }
  const pool = new RegistryPool({ ...connection, onSecret: maskSecret })
  try {
    const proven = await proveAll(pool, inputs.images)
    summarise(proven, plainHttp)
    return outputsOf(proven)
  } finally {
    await pool.close()
  }
}

async function proveAll(
  pool: RegistryPool,
  images: readonly DigestReference[],
): Promise<readonly ProvenImage[]> {
  const tried = await mapInParallel(images, imagesAtOnce, (image) => tryProve(pool, image))
  const proven = tried.flatMap((outcome) => ('platforms' in outcome ? [outcome] : []))
  const failed = tried.flatMap((outcome) => ('error' in outcome ? [outcome] : []))
  if (failed.length === 0) return proven
  throw joinFailures(failed, `${failed.length} of ${images.length} images are not proven:`)
}

interface Unproven {
  readonly name: string
  readonly error: unknown
}

async function tryProve(
  pool: RegistryPool,
  image: DigestReference,
): Promise<ProvenImage | Unproven> {
  try {
    const client = await pool.client(image.repository.registry)
    const proven = await proveImage(client, image, image.digest)
    const tag = proven.tag === undefined ? '' : `, tag ${proven.tag}`
    log.info(`${proven.image}: proven (${proven.mediaType}, ${shown(proven)}${tag})`)
    return proven
  } catch (error) {
    return { name: image.text, error }
  }
}

function outputsOf(proven: readonly ProvenImage[]): AssertOutputs {
  return {
    digest: proven.map(({ digest }) => digest),
    image: proven.map(({ image }) => image),
    'media-type': proven.map(({ mediaType }) => mediaType),
    platforms: proven.map(({ platforms }) => platforms.join(',')),
  }
}

function summarise(proven: readonly ProvenImage[], plainHttp: boolean): void {
  for (const image of proven) {
    const rows: SummaryRow[] = [
      ['image', image.image],
      ['media type', image.mediaType],
      ['platforms', shown(image)],
      ...(image.tag === undefined ? [] : [['tag points at it', image.tag] as const]),
      ...(plainHttp ? [['insecure', 'plain-http'] as const] : []),
    ]
    appendSummary(summaryTable('Digest proven', rows))
  }
}

function shown({ platforms }: ProvenImage): string {
  return platforms.length === 0 ? 'no platform named' : platforms.join(', ')
}
