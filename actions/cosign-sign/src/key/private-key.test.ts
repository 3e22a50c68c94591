import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { openPrivateKey } from './private-key.ts'

const open = (pem: string, password: string) => openPrivateKey({ pem, password, vault: false })

// Made by `cosign generate-key-pair` 3.1.3 for this test alone, with the password "correct horse".
const key = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJ0SHBuQk5VU21XbEE1R2tsTWtYNktHUEdDdFhVR2hW
Y3gxMnAxUHlCemNNPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJvVHp4K3hWSStnTWxiN3RpdjUzVmh2UlozOG90Nk8ySCJ9LCJj
aXBoZXJ0ZXh0IjoiYlNKM2hWNXFnMlg2REVqNXNma1dmeTBQOGxZb2gwTHJBMHBW
eHNaZlgxbVlNdzd6amhBOHdiZkwrcUllL3NDR3pqNUdhQUZOYWYvdGdjNW14WVZu
eW9pRGdqNHdkdlNFWkVxdCszZVRmRHFTNmJiSmdXdno5eXNxcXRWK1NITFhBcHFM
Y1JmcldaaEYyQ0oyWDBmYnFNZEhTbnUyMnhoc0dqeVhJUzZFeDZYS1B1dzRMUFlx
S1ljRWh1eDN6OEcxVHVEeGs5bmNRWTk4U1E9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`
const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE50p/nt2mH+9inunyLzDt3Oro+DzJ
kQ3r9jyNjXWIKBTU6Jwd9D6SNe34XYPWkJqJ+9kN1iyM6avPlxIz/c7jUg==
-----END PUBLIC KEY-----
`

test('opens a key that cosign has encrypted', async () => {
  const opened = await open(key, 'correct horse')
  const pem = createPublicKey(opened).export({ type: 'spki', format: 'pem' })
  expect(pem).toBe(publicKey)
})

test.each([
  ['another password', 'wrong horse', /it is another one/],
  ['no password', '', /the key has a password, and none was given/],
  [
    'a line break at the end',
    'correct horse\n',
    /ends with a line break, without which it would be right/,
  ],
])('refuses %s and tells why', async (_, password, reason) => {
  const opening = open(key, password)
  await expect(opening).rejects.toThrow(reason)
  await expect(opening).rejects.not.toThrow(/horse/)
})

test.each([
  ['cut inside', key.split('\n').toSpliced(2, 1).join('\n'), 'SIGN_KEY_FORM'],
  [
    'with another derivation',
    rewrap(key, (json) => json.replace('scrypt', 'pbkdf2')),
    'SIGN_KEY_FORM',
  ],
  [
    'that would take the runner down',
    rewrap(key, (json) => json.replace('65536', '1073741824')),
    'SIGN_KEY_FORM',
  ],
  ['as base64', Buffer.from(key).toString('base64'), 'SIGN_KEY_FORM'],
])('refuses a key %s', async (_, text, code) => {
  await expect(open(text, 'correct horse')).rejects.toMatchObject({ code })
})

test.each([
  [true, 'VAULT_PRIVATE_KEY_FORM', /vault kv put/],
  [false, 'SIGN_KEY_FORM', /^(?!.*vault)/i],
])('names the place where the key is stored, Vault: %s', async (vault, code, hint) => {
  const pem = key.replaceAll('\n', ' ')
  await expect(openPrivateKey({ pem, password: '', vault })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/joined into one/),
    hint: expect.stringMatching(hint),
  })
})

function rewrap(pem: string, edit: (json: string) => string): string {
  const lines = pem.trim().split('\n')
  const json = Buffer.from(lines.slice(1, -1).join(''), 'base64').toString()
  const body = Buffer.from(edit(json))
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
  return `${lines[0]}\n${body}\n${lines.at(-1)}\n`
}
