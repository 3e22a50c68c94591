import { isOlder, type Tier } from '@tierseal/tiers'
import { vaultPolicy } from '../documents/vault-policy.ts'
import type { TierScope } from '../scope.ts'
import type { PlannedFile } from './planned-file.ts'
import { vaultTemplate } from './vault-template.ts'

/** What Vault, Kubernetes, Argo CD and the GitOps repository get for a tier. */
export function planPlatform(scope: TierScope): readonly PlannedFile[] {
  const { tier, site } = scope
  const file = (
    path: string,
    content: PlannedFile['content'],
    ...chosenBy: readonly string[]
  ): PlannedFile => ({
    path: `platform/${tier.name}/${path}`,
    ...{ content, scope },
    chosenBy: ['tier.name', ...chosenBy],
  })
  return [
    file('vault/tier.yaml', vaultTemplate(scope), 'tier.vault.handover'),
    file('vault/policy.hcl', vaultPolicy, 'tier.vault.handover'),
    file('kubernetes/runner.yaml', 'kubernetes/runner.yaml'),
    ...runnerFiles(tier).map(([path, content]) => file(path, content, 'tier.build.executor')),
    file('argocd/project.yaml', projectTemplate(tier), 'tier.sourceIntegrity', 'tier.argocd'),
    file('argocd/application.yaml', 'argocd/application.yaml'),
    file('gitops/kustomization.yaml', 'gitops/tier-overlay.yaml'),
    ...site.services.map((service) => ({
      ...file(`gitops/${service.name}/kustomization.yaml`, 'gitops/service-overlay.yaml'),
      scope: { ...scope, service },
    })),
  ]
}

// Only a runner that starts build pods has a token for the API server.
function runnerFiles({ build }: Tier): ReadonlyArray<readonly [path: string, content: string]> {
  const patch = 'kubernetes/runner-patch.yaml'
  return build.executor === 'kubernetes'
    ? [
        [patch, 'kubernetes/runner-patch-build-pods.yaml'],
        ['kubernetes/build-pods.yaml', 'kubernetes/build-pods.yaml'],
      ]
    : [[patch, patch]]
}

// Argo CD 3.5 deprecates signatureKeys, and refuses it together with its successor.
function projectTemplate({ sourceIntegrity, argocd }: Tier): string {
  if (sourceIntegrity === undefined) return 'argocd/project.yaml'
  const form = isOlder(argocd, '3.5') ? 'signature-keys' : 'source-integrity'
  return `argocd/project-${form}.yaml`
}
