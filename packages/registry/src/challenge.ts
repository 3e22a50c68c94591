/** What a registry asks for in WWW-Authenticate. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer'
      readonly realm: string
      readonly service: string | undefined
      readonly scope: string | undefined
    }

/** The first challenge of a header that this client can meet; Bearer goes before Basic. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header)?.[1]
  if (bearer !== undefined) {
    const parameters = parametersOf(bearer)
    const realm = parameters.get('realm')
    if (realm !== undefined) {
      const [service, scope] = [parameters.get('service'), parameters.get('scope')]
      return { scheme: 'bearer', realm, service, scope }
    }
  }
  return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : undefined
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/([a-z_]+)="([^"]*)"/gi)
  return new Map([...pairs].map(([, name = '', value = '']) => [name.toLowerCase(), value]))
}
