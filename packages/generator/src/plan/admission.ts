import type { PolicyVariant, TierScope } from '../scope.ts'
import type { PlannedFile } from './planned-file.ts'

const podWrites = { resources: ['pods'], operations: ['CREATE', 'UPDATE'] }

/** The admission policies of a tier and the suite that tries them. */
export function planAdmission(scope: TierScope): readonly PlannedFile[] {
  const { tier } = scope
  const named = (suffix: string, parts: Omit<PolicyVariant, 'name'> = podWrites) => ({
    ...scope,
    policy: { name: `tierseal-${tier.name}-${suffix}`, ...parts },
  })
  const folder = `platform/${tier.name}/kyverno`
  const foreign = named('foreign-images')
  return [
    ...planVerification(scope, folder, named),
    {
      path: `${folder}/foreign-images.yaml`,
      content: 'kyverno/foreign-images.yaml',
      scope: foreign,
    },
    {
      path: `${folder}/exceptions.yaml`,
      content: 'kyverno/exceptions.yaml',
      scope: named('exceptions'),
    },
    { path: `${folder}/test/kyverno-test.yaml`, content: 'kyverno/test.yaml', scope: foreign },
    { path: `${folder}/test/pods.yaml`, content: 'kyverno/test-pods.yaml', scope: foreign },
    ...planTrials(scope, `${folder}/test-signatures`, named('images')),
  ]
}

// Signatures can only be tried on images that are there, and a tier without a key admits none.
function planTrials(
  { tier, publicKeys = [] }: TierScope,
  folder: string,
  scope: TierScope,
): readonly PlannedFile[] {
  if (tier.trialImages === undefined || publicKeys.length === 0) return []
  const kind = tier.policyKind === 'ClusterPolicy' ? 'cluster' : 'image'
  return [
    {
      path: `${folder}/kyverno-test.yaml`,
      content: `kyverno/test-signatures-${kind}-policy.yaml`,
      scope,
    },
    { path: `${folder}/pods.yaml`, content: 'kyverno/test-signatures-pods.yaml', scope },
  ]
}

type Named = (suffix: string, parts?: Omit<PolicyVariant, 'name'>) => TierScope

function planVerification(scope: TierScope, folder: string, named: Named): readonly PlannedFile[] {
  const { tier, publicKeys = [] } = scope
  const path = `${folder}/images.yaml`
  if (publicKeys.length === 0) {
    return [{ path, content: 'kyverno/no-key.yaml', scope: named('no-key') }]
  }
  const keys = publicKeys.length > 1 ? '-two-keys' : ''
  if (tier.policyKind === 'ClusterPolicy') {
    return [{ path, content: `kyverno/cluster-policy${keys}.yaml`, scope: named('images') }]
  }
  const content = `kyverno/image-policy${keys}.yaml`
  // `kubectl debug` adds a container through a subresource that a rule for pods does not see.
  const ephemeral = { resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
  return [
    { path, content, scope: named('images') },
    {
      path: `${folder}/images-ephemeral.yaml`,
      content,
      scope: named('images-ephemeral', ephemeral),
    },
  ]
}
