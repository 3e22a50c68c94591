import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { parseDigest } from '@tierseal/oci'
import { RegistryClient } from '@tierseal/registry'
import { expect, test } from 'vitest'
import { publicKeyOf } from '../key/public-key.ts'
import { judgeBundle } from './dsse.ts'
import type { Question } from './question.ts'

const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
const tier = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rogue = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const question: Question = {
  client: new RegistryClient({ host: 'registry.internal', timeoutMs: 1 }),
  path: 'dev/app',
  digest,
  publicKey: publicKeyOf(tier.publicKey),
  annotations: [],
  deadlineAt: Number.POSITIVE_INFINITY,
}

const signPredicate = 'https://sigstore.dev/cosign/sign/v1'
const payloadType = 'application/vnd.in-toto+json'

function statement(of: string, predicateType = signPredicate, annotations = {}): string {
  const subject = [{ digest: { sha256: of.replace('sha256:', '') }, annotations }]
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType })
}

/** A bundle as cosign 3 makes it (facts: cosign.md 4). */
function bundle(text: string, key: KeyObject, shown = text): Buffer {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${Buffer.byteLength(text)} `
  const sig = sign('sha256', Buffer.from(head + text), key).toString('base64')
  const payload = Buffer.from(shown).toString('base64')
  return Buffer.from(
    JSON.stringify({ dsseEnvelope: { payload, payloadType, signatures: [{ sig }] } }),
  )
}

test('knows a signature of the image by the key', () => {
  expect(judgeBundle(bundle(statement(digest), tier.privateKey), question)).toBe('signature')
})

test.each([
  ['an attestation about the image', statement(digest, 'https://cyclonedx.org/bom')],
  ['a signature of another image', statement(`sha256:${'b'.repeat(64)}`)],
])('takes %s, by the same key, for no signature of it', (_, text) => {
  expect(judgeBundle(bundle(text, tier.privateKey), question)).toBe('attestation')
})

test.each([
  ['by another key', bundle(statement(digest), rogue.privateKey)],
  [
    'changed after it was signed',
    bundle(statement(`sha256:${'b'.repeat(64)}`), tier.privateKey, statement(digest)),
  ],
  ['without an envelope', Buffer.from('{"messageSignature":{}}')],
  ['that is no JSON', Buffer.from('<html>')],
])('takes a bundle %s for a foreign one', (_, bytes) => {
  expect(judgeBundle(bytes, question)).toBe('foreign')
})

test('asks for every annotation', () => {
  const bytes = bundle(
    statement(digest, signPredicate, { tier: 'dev', note: 'a=b' }),
    tier.privateKey,
  )
  const judge = (...annotations: string[]): string =>
    judgeBundle(bytes, { ...question, annotations })
  expect(judge('tier=dev', 'note=a=b')).toBe('signature')
  expect(judge('tier=prod')).toBe('attestation')
  expect(judge('tier=dev', 'other=x')).toBe('attestation')
})

test('takes a bundle of several signatures for a foreign one, as every verifier does, and at once', () => {
  const { dsseEnvelope } = JSON.parse(bundle(statement(digest), tier.privateKey).toString())
  const twice = { ...dsseEnvelope, signatures: [...dsseEnvelope.signatures, { sig: 'AA' }] }
  expect(judgeBundle(Buffer.from(JSON.stringify({ dsseEnvelope: twice })), question)).toBe(
    'foreign',
  )
  const payload = Buffer.alloc(500_000).toString('base64')
  const many = {
    payload,
    payloadType,
    signatures: Array.from({ length: 20_000 }, () => ({ sig: 'AA' })),
  }
  const startedAt = performance.now()
  expect(judgeBundle(Buffer.from(JSON.stringify({ dsseEnvelope: many })), question)).toBe('foreign')
  expect(performance.now() - startedAt).toBeLessThan(500)
})
