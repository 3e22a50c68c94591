import { type Code, KnownError, messageOf } from '@tierseal/errors'

// Codes of Node's error.code: errno names and the names of OpenSSL's verification results.
const causes: ReadonlyArray<readonly [RegExp, Code, string]> = [
  [
    /^(ABORT_ERR|ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    'DEADLINE_EXCEEDED',
    'A firewall that drops packets looks like this.',
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'HOST_UNKNOWN', 'Check the spelling and the DNS of the site.'],
  [
    /^ECONNREFUSED$/,
    'CONNECTION_REFUSED',
    'Check that the server runs and that the port is right.',
  ],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE)$/,
    'TLS_UNTRUSTED',
    'Give the CA that signed the server certificate.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'TLS_NAME_MISMATCH',
    'Use a name that the certificate carries.',
  ],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    'TLS_EXPIRED',
    'Renew the certificate; check the clock here.',
  ],
  [
    /^ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED$/,
    'TLS_CLIENT_CERTIFICATE_REQUIRED',
    'Give a client certificate and its key.',
  ],
  [/^(ERR_SSL_|EPROTO)/, 'TLS_FAILED', 'Check that this port speaks TLS.'],
]

/**
 * The known error behind a failed connection. The message names the server, never headers or body.
 */
export function explainConnection(error: unknown, url: URL, timeoutMs: number): KnownError {
  const code = codeOf(error)
  const [, known = 'CONNECTION_FAILED', hint] = causes.find(([pattern]) => pattern.test(code)) ?? []
  const detail =
    known === 'DEADLINE_EXCEEDED' ? `no answer within ${timeoutMs} ms` : detailOf(error)
  return new KnownError(known, `${url.origin}: ${detail}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  })
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // Happy eyeballs reports one error per address family; the first stands for all.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error && 'code' in first ? String(first.code) : error.name
}

function detailOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return messageOf(first)
}
