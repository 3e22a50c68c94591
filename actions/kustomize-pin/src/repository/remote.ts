import { KnownError } from '@tierseal/errors'

/** Where the GitOps repository is and how it is reached. */
export interface GitRemote {
  readonly url: string
  readonly username: string
  readonly token: string | undefined
  /** A PEM file; the system's CAs without it. */
  readonly caPath: string | undefined
}

/**
 * The address of a repository over HTTPS, or over HTTP where that is allowed by name.
 *
 * @param input the name of the input, for messages
 * @throws KnownError INPUT_INVALID for another scheme, or for credentials inside the address
 */
export function parseRepositoryUrl(input: string, text: string, plainHttp: boolean): string {
  const url = tryUrl(text)
  const flaw = url === undefined ? 'it is no URL' : findFlaw(url, plainHttp)
  if (flaw === undefined) return text
  throw new KnownError('INPUT_INVALID', `input ${input} is not usable: ${flaw}`, {
    hint: 'Expected https://host[:port]/owner/repository.git; the token has an input of its own.',
  })
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function findFlaw(url: URL, plainHttp: boolean): string | undefined {
  if (url.username !== '' || url.password !== '') return 'it carries credentials'
  if (url.search !== '' || url.hash !== '') return 'it has a query or a fragment'
  if (url.protocol === 'https:') return undefined
  if (url.protocol !== 'http:') return `its scheme is ${url.protocol.slice(0, -1)}, not https`
  return plainHttp ? undefined : 'it is plain HTTP, which plain-http: true would have to allow'
}
