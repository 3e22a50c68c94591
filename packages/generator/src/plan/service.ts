import type { Service, Site } from '@tierseal/tiers'
import type { PlannedFile } from './planned-file.ts'

/** The files that go into the repository of one service. */
export function planService(site: Site, service: Service): readonly PlannedFile[] {
  return [
    ...site.tiers.map((tier) => ({
      path: inService(service, `${workflowsFolder(site)}/deploy-${tier.name}.yaml`),
      content: 'deploy.yaml',
      scope: { site, tier, service },
      chosenBy: ['forge', 'tier.name', 'service.directory', 'service.name'],
    })),
    {
      path: inService(service, '.github/actionlint.yaml'),
      content: 'actionlint.yaml',
      scope: { site, service },
      chosenBy: ['service.directory', 'service.name'],
    },
  ]
}

/** Where the forge looks for workflows. */
export function workflowsFolder({ forge }: Site): string {
  return `.${forge}/workflows`
}

/** A path below the folder of a service. */
export function inService({ directory }: Service, path: string): string {
  return directory === '.' ? path : `${directory}/${path}`
}
