import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'

const digest = `sha256:${'0'.repeat(64)}`
const image = `registry.internal:5000/dev/app@${digest}`

// The rows of facts/cosign.md 6, with the texts recorded there. Row 9 hangs and prints nothing: the
// deadline of action-kit's Tool meets it.
test.each([
  [
    1,
    `signing [dev/app@]: could not parse reference: registry.internal:5000/dev/app@`,
    'DIGEST_EMPTY',
  ],
  [1, `could not parse reference: registry.internal:5000/dev/app@sha256:`, 'DIGEST_EMPTY'],
  [2, `could not parse reference: http://registry.internal/dev/app@${digest}`, 'REFERENCE_INVALID'],
  [3, `could not parse reference: registry.internal:5000/Dev/App@${digest}`, 'REFERENCE_INVALID'],
  [4, 'requires at least 1 arg(s), only received 0', 'SIGN_NO_IMAGE'],
  [
    5,
    'Get "https://index.docker.io/v2/": dial tcp: lookup index.docker.io: no such host',
    'REFERENCE_INVALID',
  ],
  [6, `signing [${image}]: accessing entity: entity not found in registry`, 'SIGN_IMAGE_ABSENT'],
  [
    6,
    `GET https://registry.internal:5000/v2/dev/app/manifests/x: MANIFEST_UNKNOWN: manifest unknown`,
    'SIGN_IMAGE_ABSENT',
  ],
  [7, 'reading key: decrypt: encrypted: decryption failed', 'SIGN_KEY_PASSWORD'],
  [8, 'reading key: inappropriate ioctl for device', 'SIGN_PROMPT'],
  [10, 'should upload to tlog: user declined the prompt', 'SIGN_PROMPT'],
  [
    11,
    'dev/app appears to be a private repository, please confirm uploading to the transparency log',
    'SIGN_TRANSPARENCY_LOG',
  ],
  [
    12,
    'Post "https://rekor.sigstore.dev/api/v1/log/entries": giving up after 4 attempt(s): dial tcp: lookup rekor.sigstore.dev: no such host',
    'SIGN_TRANSPARENCY_LOG',
  ],
  [13, 'error getting signing config from TUF: dial tcp: i/o timeout', 'SIGN_TRUST_ROOT'],
  [
    14,
    '--tlog-upload=false is not supported with --signing-config or --use-signing-config',
    'SIGN_ARGUMENTS',
  ],
  [
    14,
    'must provide --new-bundle-format or --bundle where applicable with --signing-config',
    'SIGN_ARGUMENTS',
  ],
  [
    15,
    'WARNING: Could not fetch trusted_root.json from the TUF repository. Continuing',
    'SIGN_TRUST_ROOT',
  ],
  [
    16,
    'getting Rekor public keys: updating local metadata and targets: i/o timeout',
    'SIGN_TRUST_ROOT',
  ],
  [
    17,
    'getting trusted root from TUF for new bundle verification: no such host',
    'SIGN_TRUST_ROOT',
  ],
  [18, 'trusted root is required when using new bundle format', 'SIGN_TRUST_ROOT'],
  [19, 'not enough verified log entries from transparency log: 0 < 1', 'SIGN_TRANSPARENCY_LOG'],
  [20, 'reading key: invalid pem block', 'SIGN_KEY_FORM'],
  [21, 'reading key: unsupported pem type: PUBLIC KEY', 'SIGN_KEY_PUBLIC'],
  [22, 'reading key: unsupported pem type: EC PRIVATE KEY', 'SIGN_KEY_FORM'],
  [22, 'reading key: unsupported pem type: ENCRYPTED PRIVATE KEY', 'SIGN_KEY_FORM'],
  [23, `reading key: decrypt: invalid character 'x' (expecting '{')`, 'SIGN_KEY_FORM'],
  [
    24,
    'open -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA: file name too long',
    'SIGN_KEY_FORM',
  ],
  [25, 'loading URL: env var $TIER_KEY not found', 'SIGN_KEY_MISSING'],
  [
    26,
    'Generating ephemeral keys...\nRetrieving signed certificate...\nlookup oauth2.sigstore.dev: no such host',
    'SIGN_KEYLESS',
  ],
  [
    27,
    'Get "https://registry.internal:5000/v2/": x509: certificate signed by unknown authority',
    'TLS_UNTRUSTED',
  ],
  [28, 'x509: certificate is valid for other.internal, not registry.internal', 'TLS_NAME_MISMATCH'],
  [
    29,
    'x509: certificate relies on legacy Common Name field, use SANs instead',
    'TLS_NAME_MISMATCH',
  ],
  [
    30,
    'x509: certificate has expired or is not yet valid: current time 2026-11-23T13:00:00Z is after 2026-01-01',
    'TLS_EXPIRED',
  ],
  [31, 'remote error: tls: certificate required', 'TLS_CLIENT_CERTIFICATE_REQUIRED'],
  [
    32,
    'http: server gave HTTP response to HTTPS client; Get "http://127.0.0.1:1/v2/": connection refused',
    'TLS_FAILED',
  ],
  [
    33,
    'GET https://registry.internal:5000/v2/dev/app: UNAUTHORIZED: authentication required; [map[Type:repository]]',
    'REGISTRY_UNAUTHORIZED',
  ],
  [
    34,
    'Pushing signature to: registry.internal:5000/dev/app\nError: POST https://registry.internal:5000/v2/dev/app/blobs/uploads/: DENIED: requested access to the resource is denied',
    'REGISTRY_DENIED',
  ],
  [35, 'parsing config file (/x/config.json): invalid character', 'DOCKER_CONFIG_INVALID'],
  [
    36,
    'error getting credentials - err: exec: "docker-credential-pass": executable file not found in $PATH',
    'CREDENTIAL_HELPER_FAILED',
  ],
  [
    37,
    'Get "https://auth.internal/token?scope=repository%3Adev%2Fapp%3Apull": dial tcp: lookup auth.internal: no such host',
    'HOST_UNKNOWN',
  ],
  [
    38,
    'manifest digest: "sha256:aa" does not match requested digest: "sha256:bb"',
    'REGISTRY_LOGIN_PAGE',
  ],
  [39, 'proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout', 'CONNECTION_FAILED'],
  [
    39,
    'Get "http://auth.internal/token": proxyconnect tcp: dial tcp 127.0.0.1:0: connect: connection refused',
    'REGISTRY_PROTOCOL',
  ],
  [39, 'accessing entity: Get "https://10.0.0.1:5000/v2/": EOF', 'CONNECTION_FAILED'],
  [
    39,
    'Get "https://10.0.0.1:5000/v2/": read tcp 10.0.0.2:40112->10.0.0.1:5000: read: connection reset by peer',
    'CONNECTION_FAILED',
  ],
  [39, 'dial tcp 10.0.0.1:5000: connect: connection refused', 'CONNECTION_REFUSED'],
  [39, 'dial tcp: lookup registry.internal: no such host', 'HOST_UNKNOWN'],
  [40, 'unexpected status code 503 Service Unavailable', 'REGISTRY_BUSY'],
  [40, 'unexpected status code 429 Too Many Requests', 'REGISTRY_BUSY'],
  [
    40,
    'POST https://registry.internal:5000/v2/dev/app/blobs/uploads/: UNKNOWN: no',
    'REGISTRY_BUSY',
  ],
  [
    40,
    'POST https://registry.internal:5000/v2/dev/app/blobs/uploads/: UNAVAILABLE: service unavailable',
    'REGISTRY_BUSY',
  ],
  [41, 'no signatures found', 'SIGN_ABSENT'],
  [
    42,
    'no matching signatures: invalid signature when validating ASN.1 encoded signature',
    'SIGN_OTHER_KEY',
  ],
  [
    43,
    'failed to verify signature: accepted signatures do not match threshold, Found: 0, Expected 1',
    'SIGN_OTHER_KEY',
  ],
  [44, 'no matching signatures: missing or incorrect annotation', 'SIGN_ANNOTATIONS'],
  [
    45,
    'loading public key: unknown Public key PEM file type: ENCRYPTED SIGSTORE PRIVATE KEY',
    'SIGN_KEY_PUBLIC',
  ],
  [46, 'no valid bundles exist in registry', 'SIGN_ABSENT'],
  [47, 'new hashivault client: VAULT_ADDR is not set', 'SIGN_TRANSIT'],
  [
    47,
    'read .vault-token file: open /nonexistent/.vault-token: no such file or directory',
    'SIGN_TRANSIT',
  ],
  [
    47,
    'Get "https://vault.internal:8200/v1/transit/keys/dev": dial tcp 10.0.0.2:8200: connect: connection refused',
    'CONNECTION_REFUSED',
  ],
  [
    47,
    'Error making API request.\n\nURL: GET https://vault.internal:8200/v1/transit/keys/dev\nCode: 403. Errors:\n\n* 1 error occurred:\n\t* permission denied',
    'VAULT_DENIED',
  ],
  [47, 'could not read data from transit key path: /wrong/keys/dev', 'SIGN_TRANSIT'],
  [
    48,
    'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    'SIGN_KUBERNETES_KEY',
  ],
  [
    49,
    `signing [${image}]: Get "https://registry.internal:5000/v2/": context deadline exceeded`,
    'DEADLINE_EXCEEDED',
  ],
  [
    50,
    'PUT https://registry.internal:5000/v2/dev/app/manifests/x: MANIFEST_BLOB_UNKNOWN: blob unknown',
    'SIGN_BUNDLE_COPY',
  ],
])('cosign row %i: %s', (_, said, code) => {
  const failure = { exitCode: 1, stdout: '', stderr: `Error: ${said}\n` }
  const error = diagnose('cosign', failure, 'SIGN_FAILED')
  expect(error.code).toBe(code)
  expect(error.hint).toBeTruthy()
})

const host = 'registry.internal:5000'
const hex = '0'.repeat(64)

// What go-containerregistry refuses (pkg/name). cosign 2.6.5 and 3.1.3 say of all of it that they could not parse
// the reference, and quote it.
test.each([
  [`${host}/dev/app@`, 'DIGEST_EMPTY', 'The digest is empty'],
  [`${host}/dev/app@sha256:`, 'DIGEST_EMPTY', 'The digest is empty'],
  [`${host}/dev/app@\n${digest}`, 'REFERENCE_INVALID', 'line break'],
  [`${host}/dev/app@sha256:\n${hex}`, 'REFERENCE_INVALID', 'line break'],
  [`${image}\n`, 'REFERENCE_INVALID', 'line break'],
  [`${image}\n${image}`, 'REFERENCE_INVALID', 'line break'],
  [`${host}/dev/app\n@`, 'REFERENCE_INVALID', 'line break'],
  [`${host}/dev/app @`, 'REFERENCE_INVALID', 'white space'],
  [` ${image}`, 'REFERENCE_INVALID', 'white space'],
  [`${image} ${image}`, 'REFERENCE_INVALID', 'white space'],
  [`https://${image}`, 'REFERENCE_INVALID', 'scheme'],
  [`docker://${image}`, 'REFERENCE_INVALID', 'scheme'],
  [`http://${host}/dev/app@`, 'REFERENCE_INVALID', 'scheme'],
  ['', 'SIGN_NO_IMAGE', 'empty'],
  [`@${digest}`, 'REFERENCE_INVALID', 'no repository'],
  [`${image}@${digest}`, 'REFERENCE_INVALID', 'two digests'],
  [`${image}@`, 'REFERENCE_INVALID', 'two digests'],
  [`${host}/dev/app@sha512:${hex}${hex}`, 'DIGEST_ALGORITHM', 'not sha256'],
  [`${host}/dev/app@${hex}`, 'DIGEST_INVALID', 'no sha256:'],
  [`${host}/dev/app@null`, 'DIGEST_INVALID', 'no sha256:'],
  [`${host}/dev/app@sha256:${'A'.repeat(64)}`, 'DIGEST_UPPER_CASE', 'upper-case hex'],
  [`${host}/dev/app@sha256:null`, 'DIGEST_INVALID', 'not hex digits'],
  [`${host}/dev/app@sha256:0000`, 'DIGEST_TRUNCATED', 'fewer than 64'],
  [`${image}0`, 'DIGEST_INVALID', 'more than 64'],
  [`${host}/dev/App@${digest}`, 'REFERENCE_INVALID', 'upper-case letters in its path'],
  [`${host}/Dev/app:v1@${digest}`, 'REFERENCE_INVALID', 'upper-case letters in its path'],
  [`${host}/dev/app:@${digest}`, 'REFERENCE_INVALID', 'tag is empty'],
  [`${host}/a@${digest}`, 'REFERENCE_INVALID', 'length'],
  [`Registry.internal:5000/dev/app$@${digest}`, 'REFERENCE_INVALID', 'characters'],
  [`reg:port/dev/app@${digest}`, 'REFERENCE_INVALID', 'host'],
  [`${host}/dev/app:${'a'.repeat(129)}`, 'REFERENCE_INVALID', 'length'],
])('says what is wrong with the reference %j', (reference, code, cause) => {
  const said = `signing [${reference}]: parsing reference: could not parse reference: ${reference}`
  const stderr = `Error: ${said}\nerror during command execution: ${said}\n`
  const failure = { exitCode: 1, stdout: '', stderr }
  const { message, code: told } = diagnose('cosign', failure, 'SIGN_FAILED')
  const [explained] = message.split('\ncosign ended with')
  expect([told, explained]).toEqual([code, expect.stringContaining(cause)])
})

test('takes what cosign verify said of other images for no part of a reference', () => {
  const said = `could not parse reference: ${host}/dev/app@`
  const stderr = `Error: ${said}\nmain.go:69: error during command execution: ${said}\n`
  const failure = { exitCode: 1, stdout: '[{"critical":{}}]\n', stderr }
  expect(diagnose('cosign', failure, 'SIGN_FAILED').code).toBe('DIGEST_EMPTY')
})

test('a key that stands in the log is to be rotated, as a page tells', () => {
  const stderr = 'Error: open -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----: file name too long\n'
  const { hint } = diagnose('cosign', { exitCode: 1, stdout: '', stderr }, 'SIGN_FAILED')
  expect(hint).toContain('docs/runbooks/rotate-key.md of tierseal')
})

test('quotes what cosign said once, though it prints every error twice', () => {
  const stderr =
    'Error: signing [a]: something new\nmain.go:69: error during command execution: signing [a]: something new\n'
  expect(diagnose('cosign', { exitCode: 1, stdout: '', stderr }, 'SIGN_FAILED').message).toBe(
    'cosign ended with exit code 1 and said:\n  Error: signing [a]: something new',
  )
})

test('explains a warning only where nothing else explains the failure', () => {
  const stderr =
    'WARNING: Could not fetch trusted_root.json from the TUF repository\nError: no signatures found\n'
  expect(diagnose('cosign', { exitCode: 10, stdout: '', stderr }, 'SIGN_FAILED').code).toBe(
    'SIGN_ABSENT',
  )
})
