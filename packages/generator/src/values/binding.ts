import { KnownError } from '@tierseal/errors'
import type { Scope, ServiceScope, TierScope } from '../scope.ts'
import type { Value } from '../template/value.ts'

/** What one placeholder stands for, and which keys of tiers.yaml it comes from. */
export interface Binding {
  /** Paths in tiers.yaml; `tier` and `service` stand for the ones of the scope. */
  readonly from: readonly string[]
  readonly value: (scope: Scope) => Value
}

/** Placeholders by path. */
export type Bindings = Readonly<Record<string, Binding>>

export function ofSite(from: readonly string[], value: (scope: Scope) => Value): Binding {
  return { from, value }
}

export function ofTier(from: readonly string[], value: (scope: TierScope) => Value): Binding {
  return {
    from,
    value: (scope) => {
      const { tier } = scope
      if (tier === undefined) throw outOfScope('tier')
      return value({ ...scope, tier })
    },
  }
}

export function ofService(from: readonly string[], value: (scope: ServiceScope) => Value): Binding {
  return ofTier(from, (scope) => {
    const { service } = scope
    if (service === undefined) throw outOfScope('service')
    return value({ ...scope, service })
  })
}

function outOfScope(what: string): KnownError {
  return new KnownError(
    'TEMPLATE_INVALID',
    `a placeholder of a ${what} in a file that is for no ${what}`,
  )
}
