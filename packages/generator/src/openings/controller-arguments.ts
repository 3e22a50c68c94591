import { z } from 'zod'
import type { ClusterObject } from './cluster-object.ts'

const deployment = z.object({
  template: z.object({
    spec: z.object({ containers: z.array(z.object({ args: z.array(z.string()).optional() })) }),
  }),
})

/** What the arguments of Kyverno's admission controller weaken (decision 0072). */
export function controllerOpenings({ kind, metadata, spec }: ClusterObject): readonly string[] {
  if (kind !== 'Deployment' || metadata?.name.includes('admission-controller') !== true) return []
  const { containers } = deployment.parse(spec).template.spec
  const args = containers.flatMap((container) => container.args ?? [])
  const set = (flag: string, value: string): boolean =>
    args.some((arg) => arg.replace(/^--?/, '') === `${flag}=${value}`)
  return [
    ...(set('imageVerifyCacheEnabled', 'false')
      ? []
      : [
          'Kyverno remembers what it verified, by default for an hour: an image whose signature was removed is admitted meanwhile; start it with --imageVerifyCacheEnabled=false',
        ]),
    ...(set('forceFailurePolicyIgnore', 'true')
      ? ['Kyverno admits everything while it is down, by --forceFailurePolicyIgnore=true']
      : []),
  ]
}
