import { verify } from 'node:crypto'
import { isRecord, recordOf, tryJson } from '@tierseal/json'
import { type Descriptor, type StoredManifest, tryDescriptor } from '@tierseal/registry'
import { hasAnnotations, maxSignatureBytes, type Question } from './question.ts'

const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json'
const signatureAnnotation = 'dev.cosignproject.cosign/signature'

/** Whether a manifest of the legacy or oci-1-1 format holds a signature that counts. */
export async function holdsSignature(
  manifest: StoredManifest,
  question: Question,
): Promise<boolean> {
  for (const layer of layersOf(manifest)) {
    if (layer.mediaType !== payloadType || layer.size > maxSignatureBytes) continue
    const payload = await question.client.getBlob(question.path, layer, manifest.digest)
    if (payload !== undefined && counts(payload, layer, question)) return true
  }
  return false
}

/** The layers of a manifest; those that are none are left out. */
export function layersOf({ bytes }: StoredManifest): readonly Descriptor[] {
  const manifest = tryJson(bytes)
  const layers = isRecord(manifest) ? manifest['layers'] : undefined
  return Array.isArray(layers) ? layers.flatMap((layer) => tryDescriptor(layer) ?? []) : []
}

function counts(payload: Buffer, layer: Descriptor, question: Question): boolean {
  const signature = Buffer.from(layer.annotations[signatureAnnotation] ?? '', 'base64')
  if (!verify('sha256', payload, question.publicKey.key, signature)) return false
  const json = tryJson(payload)
  const critical = recordOf(json, 'critical')
  return (
    critical?.['type'] === 'cosign container image signature' &&
    recordOf(critical, 'image')?.['docker-manifest-digest'] === question.digest &&
    hasAnnotations(recordOf(json, 'optional'), question.annotations)
  )
}
