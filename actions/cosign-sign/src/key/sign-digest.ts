import { createECDH } from 'node:crypto'

/** Order of the curve P-256 (FIPS 186-5, SP 800-186 3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A nonce and the x coordinate of its point. */
interface Nonce {
  readonly k: bigint
  readonly x: bigint
}

/**
 * ECDSA on P-256 over a SHA-256 digest, as DER. node:crypto signs messages only; signDigest is not in
 * any Node that runners have (docs/decisions/0040-key-agent.md).
 *
 * The nonce and its point, where timing could tell something, are OpenSSL's work. The rest is one
 * inversion, blinded, and a few products.
 */
export function signDigest(digest: Uint8Array, scalar: bigint, draw = drawNonce): Buffer {
  for (;;) {
    const { k, x } = draw()
    const blind = drawNonce().k
    const r = modulo(x)
    const inverse = invert(modulo(k * blind))
    const s = modulo(inverse * modulo(blind * numberOf(digest) + blind * modulo(r * scalar)))
    if (r !== 0n && s !== 0n) return encode(r, s)
  }
}

/** The big-endian number that bytes are. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function drawNonce(): Nonce {
  const pair = createECDH('prime256v1')
  // An uncompressed point: 0x04, x, y.
  const point = pair.generateKeys()
  return { k: numberOf(pair.getPrivateKey()), x: numberOf(point.subarray(1, 33)) }
}

function modulo(value: bigint): bigint {
  const rest = value % order
  return rest < 0n ? rest + order : rest
}

// Extended Euclid; its argument is blinded by the caller.
function invert(value: bigint): bigint {
  let [a, b, s, t] = [order, value, 0n, 1n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[s, t] = [t, s - quotient * t]
  }
  return modulo(s)
}

function encode(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([encodeInteger(r), encodeInteger(s)])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

function encodeInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  const positive = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes])
  return Buffer.concat([Buffer.of(0x02, positive.length), positive])
}
