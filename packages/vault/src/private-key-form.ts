import { KnownError } from '@tierseal/errors'

// cosign reads these two kinds of PEM and no other (facts: vault.md 2).
const header = /^-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----$/
const footer = /^-----END ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----$/

/**
 * Proves that a text is a private key as cosign wants it, and tells how it was spoilt where it is not.
 * Nothing of the key is quoted.
 *
 * @throws KnownError VAULT_PRIVATE_KEY_FORM
 */
export function provePrivateKeyForm(text: string): void {
  const flaw = findPrivateKeyFlaw(text)
  if (flaw === undefined) return
  throw new KnownError('VAULT_PRIVATE_KEY_FORM', `the private key cannot be used: ${flaw}`, {
    hint: 'Store the file cosign.key byte for byte: vault kv put <mount>/<path> private_key=@cosign.key',
  })
}

/** How a text was spoilt as a private key for cosign; undefined where it was not. Nothing of it is quoted. */
export function findPrivateKeyFlaw(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty'
  if (isKey(text)) return undefined
  if (isKey(text.replaceAll(String.raw`\n`, '\n'))) {
    return String.raw`its line ends are the two characters \n`
  }
  if (isKey(unfolded(text))) return 'its lines were joined into one'
  if (isKey(Buffer.from(text, 'base64').toString('utf8'))) return 'it is base64 of the PEM file'
  const kind = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1]
  if (kind === undefined) return 'it is not PEM'
  if (/^ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY$/.test(kind))
    return 'its PEM block is damaged or cut'
  if (kind === 'PUBLIC KEY') return 'it is the public key'
  return `it is a PEM block of another kind, ${kind}; cosign wants its own encrypted form (cosign import-key-pair makes one)`
}

function isKey(text: string): boolean {
  const lines = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.trim())
  const [first = '', ...rest] = lines
  const last = rest.pop() ?? ''
  const body = rest.every((line) => /^[A-Za-z0-9+/=]+$/.test(line)) && rest.length > 0
  return header.test(first) && footer.test(last) && body
}

// Not by one pattern with blanks in three places: with some thousand of them it would not end.
function unfolded(text: string): string {
  const [, first = '', rest = ''] = /^(-----BEGIN [A-Z ]+-----)(.*)$/s.exec(text.trim()) ?? []
  const end = rest.lastIndexOf('-----END ')
  return [first, rest.slice(0, end).trim().replaceAll(' ', ''), rest.slice(end)].join('\n')
}
