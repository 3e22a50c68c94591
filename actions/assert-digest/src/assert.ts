import { appendSummary, log, maskSecret, summaryTable } from '@tierseal/action-kit'
import type { ImageReference } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { expectedDigests } from './expected-digest.ts'
import type { AssertInputs } from './inputs.ts'
import { type ProvenImage, proveImage } from './prove-image.ts'

/** What later steps may rely on; one line per image. */
export type AssertOutputs = Readonly<
  Record<'digest' | 'image' | 'media-type' | 'platforms', readonly string[]>
>

/** Proves every image against its registry; the first that cannot be proven fails the step. */
export async function assertDigests(inputs: AssertInputs): Promise<AssertOutputs> {
  const digests = expectedDigests(inputs.images, inputs)
  const { ca, clientCertificate, credentials, plainHttp, timeoutMs } = inputs
  if (plainHttp) log.warning('plain-http: the registry is asked without TLS.')
  const connection = { ca, clientCertificate, credentials, plainHttp, timeoutMs }
  const pool = new RegistryPool({ ...connection, onSecret: maskSecret })
  const proven: ProvenImage[] = []
  try {
    for (const [index, digest] of digests.entries()) {
      const image = inputs.images[index]
      if (image !== undefined) proven.push(await prove(pool, image, digest))
    }
  } finally {
    await pool.close()
  }
  summarise(proven, plainHttp)
  return {
    digest: proven.map(({ digest }) => digest),
    image: proven.map(({ image }) => image),
    'media-type': proven.map(({ mediaType }) => mediaType),
    platforms: proven.map(({ platforms }) => platforms.join(',')),
  }
}

async function prove(
  pool: RegistryPool,
  image: ImageReference,
  digest: ProvenImage['digest'],
): Promise<ProvenImage> {
  const client = await pool.client(image.repository.registry)
  const proven = await proveImage(client, image, digest)
  const tag = proven.tag === undefined ? '' : `, tag ${proven.tag}`
  log.info(`${proven.image}: proven (${proven.mediaType}, ${shown(proven)}${tag})`)
  return proven
}

function summarise(proven: readonly ProvenImage[], plainHttp: boolean): void {
  for (const image of proven) {
    const tag = image.tag === undefined ? [] : [['tag points at it', image.tag] as const]
    const insecure = plainHttp ? [['insecure', 'plain-http'] as const] : []
    const rows = [
      ['image', image.image] as const,
      ['media type', image.mediaType] as const,
      ['platforms', shown(image)] as const,
    ]
    appendSummary(summaryTable('Digest proven', [...rows, ...tag, ...insecure]))
  }
}

function shown({ platforms }: ProvenImage): string {
  return platforms.length === 0 ? 'no platform named' : platforms.join(', ')
}
