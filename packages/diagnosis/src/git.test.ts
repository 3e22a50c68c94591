import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'

// What git 2.39 (GnuTLS and OpenSSL builds) was seen to print.
test.each([
  ["fatal: Authentication failed for 'https://git/x/'", 'GIT_UNAUTHORIZED'],
  [
    "fatal: could not read Username for 'https://git': terminal prompts disabled",
    'GIT_UNAUTHORIZED',
  ],
  [
    "fatal: unable to access 'https://git/x/': The requested URL returned error: 403",
    'GIT_FORBIDDEN',
  ],
  ["fatal: repository 'https://git/x/' not found", 'GIT_REPOSITORY_MISSING'],
  ["fatal: couldn't find remote ref refs/heads/main", 'GIT_BRANCH_MISSING'],
  [
    "fatal: unable to access 'https://git/x/': The requested URL returned error: 503",
    'GIT_SERVER_FAILED',
  ],
  [
    'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503',
    'GIT_SERVER_FAILED',
  ],
  [
    "fatal: unable to access 'https://git/x/': The requested URL returned error: 302",
    'REDIRECT_REFUSED',
  ],
  [
    "fatal: unable to access 'https://git/x/': server certificate verification failed. CAfile: none CRLfile: none",
    'TLS_UNTRUSTED',
  ],
  [
    "fatal: unable to access 'https://git/x/': SSL certificate problem: unable to get local issuer certificate",
    'TLS_UNTRUSTED',
  ],
  [
    "fatal: unable to access 'https://git/x/': SSL: certificate subject name (a) does not match target host name 'b'",
    'TLS_NAME_MISMATCH',
  ],
  ["fatal: unable to access 'https://git/x/': Could not resolve host: git", 'HOST_UNKNOWN'],
  [
    "fatal: unable to access 'https://git/x/': Failed to connect to git port 1: Connection refused",
    'CONNECTION_REFUSED',
  ],
  ['send-pack: unexpected disconnect while reading sideband packet', 'CONNECTION_FAILED'],
  [
    "fatal: unable to access 'https://git/x/': GnuTLS recv error (-110): The TLS connection was non-properly terminated.",
    'CONNECTION_FAILED',
  ],
  [
    "fatal: unable to access 'https://git/x/': OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 104",
    'CONNECTION_FAILED',
  ],
  [
    "fatal: unable to access 'https://git/x/': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
    'TLS_FAILED',
  ],
  [
    "fatal: unable to access 'https://git/x/': GnuTLS recv error (-12): A TLS fatal alert has been received.",
    'TLS_FAILED',
  ],
  ['fatal: something new', 'GIT_FAILED'],
])('%s', (stderr, code) => {
  expect(diagnose('git', { exitCode: 128, stdout: '', stderr }, 'GIT_FAILED').code).toBe(code)
})
