import { type Code, KnownError } from '@tierseal/errors'
import { type HttpsResponse, retryAfterMs } from '@tierseal/https'
import { isRecord, tryJson } from '@tierseal/json'
import { arrayField, stringField } from './json.ts'
import { bareMediaType } from './media-types.ts'

/** What was asked, for messages: `registry.internal:5000/dev/app manifest sha256:…`. */
export type Subject = string

/** What went along with a question. */
export interface Sent {
  /** Whether there were credentials to send. */
  readonly authenticated: boolean
  /** All that the server may have seen: it may repeat it, and that is not shown. */
  readonly secrets: readonly string[]
}

/** A failure that may pass, with the pause that the server asked for. */
export class BusyError extends KnownError {
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs: number | undefined) {
    super('REGISTRY_BUSY', message, { hint: 'Look at the registry; run the step again later.' })
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether an answer means that the asked-for thing is not there, and a registry said so. */
export function isAbsent(response: HttpsResponse): boolean {
  return response.status === 404 && !isHtml(response)
}

/**
 * The error behind an answer that is not a success.
 *
 * @param subject what was asked
 */
export function explainAnswer(
  response: HttpsResponse,
  subject: Subject,
  { authenticated, secrets }: Sent,
): KnownError {
  const { status } = response
  const said = `${subject}: the registry answered ${status}${errorsOf(response, secrets)}`
  if (status === 429 || status >= 500) return busy(said, retryAfterMs(response))
  if (isHtml(response) || (status >= 300 && status < 400)) return loginPage(response, subject)
  const [code, hint] = refusalOf(status, authenticated)
  return new KnownError(code, said, { hint })
}

/** Refuses a success whose body is a page for people. */
export function refusePage(response: HttpsResponse, subject: Subject): void {
  if (isHtml(response)) throw loginPage(response, subject)
}

function busy(said: string, pauseMs: number | undefined): BusyError {
  const asked = pauseMs === undefined ? '' : `; come back in ${Math.ceil(pauseMs / 1000)} s`
  return new BusyError(said + asked, pauseMs)
}

function refusalOf(status: number, authenticated: boolean): readonly [Code, string] {
  if (status === 401 && !authenticated) {
    return [
      'REGISTRY_UNAUTHORIZED',
      'No credentials were given for this host: set registry-username and registry-password, or an auths entry with the key host:port.',
    ]
  }
  if (status === 401) return ['REGISTRY_UNAUTHORIZED', 'Check the user name and the password.']
  if (status === 403) return ['REGISTRY_DENIED', 'Grant the account access to this repository.']
  if (status === 404) return ['REGISTRY_NOT_FOUND', 'Check the repository path and the reference.']
  if (status === 405) {
    return [
      'REGISTRY_PROTOCOL',
      'Let HEAD and GET on /v2/ pass whatever stands before the registry.',
    ]
  }
  return ['REGISTRY_PROTOCOL', 'Check that the host and port are those of a registry.']
}

function loginPage(response: HttpsResponse, subject: Subject): KnownError {
  const { location } = response.headers
  const target =
    location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : ''
  const what =
    response.status >= 300 && response.status < 400 ? `a redirect${target}` : 'an HTML page'
  return new KnownError(
    'REGISTRY_LOGIN_PAGE',
    `${subject}: ${response.status} with ${what} came instead of an answer of a registry`,
    { hint: 'A proxy, a portal or a single sign-on stands in between; use the registry directly.' },
  )
}

function isHtml(response: HttpsResponse): boolean {
  const type = bareMediaType(response.headers['content-type'])
  return type === 'text/html' || /^\s*<(!doctype html|html)/i.test(headOf(response))
}

function headOf(response: HttpsResponse): string {
  return response.body.subarray(0, 64).toString('latin1')
}

// The distribution specification's error body: {"errors":[{"code","message"}]}.
function errorsOf(response: HttpsResponse, secrets: readonly string[]): string {
  const body = tryJson(response.body.toString('utf8'))
  if (!isRecord(body)) return ''
  const texts = arrayField(body, 'errors').flatMap((entry) => {
    if (!isRecord(entry)) return []
    const parts = [stringField(entry, 'code'), stringField(entry, 'message')]
    return [parts.filter((part) => part !== undefined).join(' ')]
  })
  // Before it is cut: a part of a secret would stay.
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), texts.join('; '))
  return clean === '' ? '' : ` (${clean.slice(0, 300)})`
}
