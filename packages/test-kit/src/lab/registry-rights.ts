/** What an account may do with the repositories whose names begin with a path. */
export interface Right {
  /** Ends with `/`, or is empty for all of them. */
  readonly path: string
  readonly actions: readonly string[]
}

/** An account as the token server knows it. */
export interface RegistryAccount {
  readonly password: string
  readonly rights: readonly Right[]
}

/** A part of a registry token: what its holder may do with one repository. */
export interface Access {
  readonly type: 'repository'
  readonly name: string
  readonly actions: readonly string[]
}

/**
 * What an account gets of the scopes that were asked for: never more than it asked, never more than its rights.
 *
 * @param scopes such as `repository:dev/shop:pull,push` (distribution, docs/spec/auth/scope)
 */
export function accessOf(scopes: readonly string[], rights: readonly Right[]): readonly Access[] {
  return scopes.flatMap((scope) => {
    const [type, name = '', asked = ''] = scope.split(':')
    if (type !== 'repository') return []
    const allowed = rights.filter(({ path }) => name.startsWith(path))
    const actions = asked
      .split(',')
      .filter((action) => allowed.some((right) => right.actions.includes(action)))
    return actions.length === 0 ? [] : [{ type, name, actions }]
  })
}
