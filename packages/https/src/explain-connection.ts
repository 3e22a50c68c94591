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
  [/^(ERR_SSL_|EPROTO)/, 'TLS_FAILED', 'Check that this port speaks TLS.'],
]

interface Cause {
  readonly code: Code
  readonly hint?: string
}

/** What a connection was tried with. */
interface Attempt {
  readonly timeoutMs: number
  /** Whether that was what requests before it had left of the deadline. */
  readonly leftover: boolean
  /** Whether there was a client certificate to show. */
  readonly clientCertificate: boolean
}

/**
 * The known error behind a failed connection. The message names the server, never headers or body.
 */
export function explainConnection(error: unknown, url: URL, attempt: Attempt): KnownError {
  const { code, ...hint } = causeOf(error, attempt, url.protocol === 'https:')
  const late = code === 'DEADLINE_EXCEEDED'
  if (late && attempt.leftover) {
    const left = `${attempt.timeoutMs} ms, which was all that was left of the deadline`
    return new KnownError(code, `${url.origin}: no answer within ${left}`, {
      hint: `The server was asked before within the same deadline: ${leftoverRemedy}`,
      cause: error,
    })
  }
  const detail = late ? `no answer within ${attempt.timeoutMs} ms` : detailOf(error)
  return new KnownError(code, `${url.origin}: ${detail}`, { ...hint, cause: error })
}

/** The known error where the deadline has passed before a request was sent. */
export function noTimeLeft(url: URL): KnownError {
  return new KnownError('DEADLINE_EXCEEDED', `${url.origin}: no time was left to ask it`, {
    hint: `The deadline had passed before: ${leftoverRemedy}`,
  })
}

const leftoverRemedy = 'look at what took the time, or raise timeout-seconds.'

function causeOf(error: unknown, { clientCertificate }: Attempt, secure: boolean): Cause {
  const alert = /SSL alert number (\d+)/.exec(detailOf(error))?.[1]
  if (alert !== undefined) return causeOfAlert(Number(alert), clientCertificate)
  const code = codeOf(error)
  const [, known, remedy] = causes.find(([pattern]) => pattern.test(code)) ?? []
  if (known !== undefined && remedy !== undefined) return { code: known, hint: remedy }
  const flaw = clientCertificate ? 'refuse the client certificate' : 'miss a client certificate'
  // With TLS 1.3 the alert often never arrives: the connection is reset under the request.
  const hint = `Look at the server; some end the connection like this where they ${flaw}.`
  return secure ? { code: 'CONNECTION_FAILED', hint } : { code: 'CONNECTION_FAILED' }
}

// The alerts about a certificate (RFC 8446, 6.2). It is ours that they are about: a server sends them.
const certificateAlerts: readonly number[] = [41, 42, 43, 44, 45, 46, 48, 49, 116]

function causeOfAlert(alert: number, clientCertificate: boolean): Cause {
  if (certificateAlerts.includes(alert)) {
    return clientCertificate
      ? {
          code: 'TLS_CLIENT_CERTIFICATE_REFUSED',
          hint: 'Give a client certificate that the CA of this server signed and that is valid now.',
        }
      : {
          code: 'TLS_CLIENT_CERTIFICATE_REQUIRED',
          hint: 'Give a client certificate and its key.',
        }
  }
  const either = clientCertificate ? '' : ', or the server wants a client certificate'
  return {
    code: 'TLS_FAILED',
    hint: `The server speaks TLS and refused: TLS versions or ciphers do not meet${either}.`,
  }
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
