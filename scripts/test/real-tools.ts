import type { ToolName } from '@tierseal/test-kit/tools'

/** What the suites of `npm test` run; the cluster's tools are obtained by the lab. */
export const realTools: readonly ToolName[] = [
  'kustomize',
  'crane',
  'actionlint',
  'zizmor',
  'act',
  'nektos-act',
  'runner-engine',
  'registry',
  'referrers-registry',
  'cosign2',
  'cosign3',
  'kyverno',
  'gitea',
  'vault',
  'openbao',
  'node20',
  'buildah',
  'busybox',
  'kaniko-stand-in',
]
