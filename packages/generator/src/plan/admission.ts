import type { PolicyVariant, TierScope } from '../scope.ts'
import type { PlannedFile } from './planned-file.ts'

// Which kind of policy, and with how many keys; `record` is the file of the tier's public keys.
const chosenBy = ['tier.name', 'tier.kyverno', 'record']

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
      chosenBy: ['tier.name'],
    },
    {
      path: `${folder}/exceptions.yaml`,
      content: 'kyverno/exceptions.yaml',
      scope: named('exceptions'),
      chosenBy: ['tier.name'],
    },
    ...['kyverno-test', 'pods'].map((file) => ({
      path: `${folder}/test/${file}.yaml`,
      content: file === 'pods' ? 'kyverno/test-pods.yaml' : 'kyverno/test.yaml',
      scope: foreign,
      chosenBy: ['tier.name'],
    })),
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
      ...{ scope, chosenBy: [...chosenBy, 'tier.trialImages'] },
    },
    {
      path: `${folder}/pods.yaml`,
      content: 'kyverno/test-signatures-pods.yaml',
      ...{ scope, chosenBy: [...chosenBy, 'tier.trialImages'] },
    },
  ]
}

type Named = (suffix: string, parts?: Omit<PolicyVariant, 'name'>) => TierScope

function planVerification(scope: TierScope, folder: string, named: Named): readonly PlannedFile[] {
  const { tier, publicKeys = [] } = scope
  const path = `${folder}/images.yaml`
  if (publicKeys.length === 0) {
    return [{ path, content: 'kyverno/no-key.yaml', scope: named('no-key'), chosenBy }]
  }
  const keys = publicKeys.length > 1 ? '-two-keys' : ''
  if (tier.policyKind === 'ClusterPolicy') {
    const content = `kyverno/cluster-policy${keys}.yaml`
    return [{ path, content, scope: named('images'), chosenBy }]
  }
  const content = `kyverno/image-policy${keys}.yaml`
  // `kubectl debug` adds a container through a subresource that a rule for pods does not see.
  const ephemeral = { resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
  return [
    { path, content, scope: named('images'), chosenBy },
    {
      path: `${folder}/images-ephemeral.yaml`,
      content,
      scope: named('images-ephemeral', ephemeral),
      chosenBy,
    },
  ]
}
