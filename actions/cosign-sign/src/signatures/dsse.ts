import { verify } from 'node:crypto'
import { isRecord, type JsonRecord, recordOf, tryJson } from '@tierseal/json'
import { hasAnnotations, type Question } from './question.ts'

/** What a bundle is to the one who asks. */
export type Verdict = 'signature' | 'attestation' | 'foreign'

/** The predicate by which a statement is a signature of an image, and not an attestation about it. */
const signaturePredicate = 'https://sigstore.dev/cosign/sign/v1'

/**
 * Reads a Sigstore bundle with a DSSE envelope (facts: cosign.md 4): by this key or not, and then
 * whether it signs the image or only says something about it.
 */
export function judgeBundle(bytes: Buffer, question: Question): Verdict {
  const envelope = recordOf(tryJson(bytes), 'dsseEnvelope')
  const payloadType = envelope?.['payloadType']
  const encoded = envelope?.['payload']
  if (typeof payloadType !== 'string' || typeof encoded !== 'string') return 'foreign'
  const payload = Buffer.from(encoded, 'base64')
  const signed = preAuthenticationEncoding(payloadType, payload)
  const { key } = question.publicKey
  const signature = onlySignatureOf(envelope)
  if (signature === undefined || !verify('sha256', signed, key, signature)) return 'foreign'
  return isSignature(tryJson(payload), question) ? 'signature' : 'attestation'
}

function isSignature(statement: unknown, { digest, annotations }: Question): boolean {
  if (!isRecord(statement) || statement['predicateType'] !== signaturePredicate) return false
  const subjects: readonly unknown[] = Array.isArray(statement['subject'])
    ? statement['subject']
    : []
  return subjects.some(
    (subject) =>
      `sha256:${String(recordOf(subject, 'digest')?.['sha256'])}` === digest &&
      hasAnnotations(recordOf(subject, 'annotations'), annotations),
  )
}

// Verifiers take a bundle with several for none (sigstore-go: ErrDSSEInvalidSignatureCount), and to try each would cost
// a hash of the whole payload.
function onlySignatureOf(envelope: JsonRecord | undefined): Buffer | undefined {
  const signatures: unknown = envelope?.['signatures']
  if (!Array.isArray(signatures) || signatures.length !== 1) return undefined
  const encoded: unknown = recordOf(signatures[0])?.['sig']
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : undefined
}

// DSSE v1, "PAE": what is signed binds the type to the payload.
function preAuthenticationEncoding(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}
