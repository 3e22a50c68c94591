import { type Bindings, ofService } from './binding.ts'
import { buildArguments } from './build.ts'

/** What belongs to one service in one tier. */
export const serviceBindings: Bindings = {
  'service.name': ofService(['service.name'], ({ service }) => service.name),
  'service.context': ofService(['service.context'], ({ service }) => service.context),
  'service.dockerfile': ofService(['service.dockerfile'], ({ service }) => service.dockerfile),
  'service.target': ofService(['service.target'], ({ service }) => service.target),
  'service.buildArgs': ofService(['service.buildArgs'], ({ service }) =>
    buildArguments(service.buildArgs),
  ),
  'service.image': ofService(
    ['registry.host', 'tier.registryPath', 'service.name'],
    ({ tier, service }) => `${tier.imagePrefix}${service.name}`,
  ),
  'service.overlay': ofService(
    ['tier.overlay', 'gitops.overlays', 'service.name'],
    ({ tier, service }) => `${tier.overlay}/${service.name}`,
  ),
}
