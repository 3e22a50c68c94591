import type { TierScope } from '../scope.ts'
import type { Value } from '../template/value.ts'
import { type Binding, type Bindings, ofTier } from './binding.ts'

/** How the images of a tier are built. */
export const buildBindings: Bindings = {
  'tier.build.engine': ofTier(['tier.build.engine'], ({ tier }) => tier.build.engine),
  'tier.build.executor': ofTier(['tier.build.executor'], ({ tier }) => tier.build.executor),
  'tier.build.timeoutSeconds': ofTier(['tier.build.timeoutSeconds'], ({ tier }) =>
    String(tier.build.timeoutSeconds),
  ),
  'tier.build.skipTlsVerify': ofTier(['tier.build.skipTlsVerify'], ({ tier }) =>
    tier.build.skipTlsVerify ? 'true' : undefined,
  ),
  'tier.build.namespace': inPods(['tier.build.namespace'], ({ tier }) => tier.build.namespace),
  'tier.build.image': inPods(['tier.build.image'], ({ tier }) => tier.build.image),
  'tier.build.pushSecret': inPods(['tier.build.pushSecret'], ({ tier }) => tier.build.pushSecret),
  'tier.build.caConfigMap': inPods(['tier.build.caConfigMap', 'registry.ca'], ({ tier, site }) =>
    site.registry.ca === undefined ? undefined : tier.build.caConfigMap,
  ),
  'tier.build.serviceAccount': inPods(
    ['tier.build.serviceAccount'],
    ({ tier }) => tier.build.serviceAccount,
  ),
  'tier.build.resources': inPods(['tier.build.requests', 'tier.build.limits'], ({ tier }) =>
    assignments({
      ...prefixed('requests.', tier.build.requests),
      ...prefixed('limits.', tier.build.limits),
    }),
  ),
  'tier.build.nodeSelector': inPods(['tier.build.nodeSelector'], ({ tier }) =>
    assignments(tier.build.nodeSelector),
  ),
}

/** One NAME=value a line, as the inputs of the actions take them; undefined where there is none. */
export function assignments(values: Readonly<Record<string, string>>): string | undefined {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  return lines.length === 0 ? undefined : lines.join('\n')
}

/** Build arguments; blanks at the end of one are kept by quotes, as kaniko-build reads them. */
export function buildArguments(values: Readonly<Record<string, string>>): string | undefined {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  const quoted = lines.map((line) =>
    line === line.trim() ? line : `"${line.replaceAll('"', '""')}"`,
  )
  return lines.length === 0 ? undefined : quoted.join('\n')
}

function prefixed(
  prefix: string,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]),
  )
}

// Of use only where builds run in pods.
function inPods(from: readonly string[], value: (scope: TierScope) => Value): Binding {
  return ofTier([...from, 'tier.build.executor'], (scope) =>
    scope.tier.build.executor === 'kubernetes' ? value(scope) : undefined,
  )
}
