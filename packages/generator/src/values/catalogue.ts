import { KnownError } from '@tierseal/errors'
import { suggest } from '@tierseal/tiers'
import type { Scope } from '../scope.ts'
import type { Lookup } from '../template/fill.ts'
import { admissionBindings } from './admission.ts'
import type { Binding, Bindings } from './binding.ts'
import { platformBindings } from './platform.ts'
import { serviceBindings } from './service.ts'
import { siteBindings } from './site.ts'
import { tierBindings } from './tier.ts'

/** Every placeholder that a template can hold. */
const catalogue: Bindings = {
  ...siteBindings,
  ...tierBindings,
  ...serviceBindings,
  ...admissionBindings,
  ...platformBindings,
}

/** @throws KnownError TEMPLATE_INVALID for a placeholder that means nothing */
export function bindingOf(path: string): Binding {
  const binding = Object.hasOwn(catalogue, path) ? catalogue[path] : undefined
  if (binding !== undefined) return binding
  const meant = suggest(path, Object.keys(catalogue))
  const options = meant === undefined ? {} : { hint: `Did you mean ((${meant}))?` }
  throw new KnownError('TEMPLATE_INVALID', `there is no placeholder ((${path}))`, options)
}

/** Fills placeholders for one file. */
export function lookupIn(scope: Scope): Lookup {
  return (path) => bindingOf(path).value(scope)
}
