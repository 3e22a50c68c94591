import { z } from 'zod'
import type { ClusterObject } from './cluster-object.ts'

const deployment = z.object({
  template: z.object({
    spec: z.object({ containers: z.array(z.object({ args: z.array(z.string()).optional() })) }),
  }),
})

/** Whether it is the one controller of Kyverno whose arguments concern admission. */
export function isAdmissionController({ kind, metadata }: ClusterObject): boolean {
  return kind === 'Deployment' && metadata.name.includes('admission-controller')
}

/** What the arguments of Kyverno's admission controller weaken (decision 0072). */
export function controllerOpenings(object: ClusterObject): readonly string[] {
  if (!isAdmissionController(object)) return []
  const { containers } = deployment.parse(object.spec).template.spec
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
