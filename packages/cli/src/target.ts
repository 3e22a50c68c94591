import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { type RenderedFile, SiteFolder } from '@tierseal/generator'
import type { Service } from '@tierseal/tiers'
import { openSite, renderContext, type SiteContext } from './site-context.ts'
import type { Invocation } from './verb.ts'

/** Where a verb compares or writes: the folder of the site, or a checkout of the repository of a service. */
export interface Target extends SiteContext {
  readonly place: SiteFolder
  /** What belongs there, by its path there. */
  readonly files: readonly RenderedFile[]
}

export const targetOptions = { service: { type: 'string' }, into: { type: 'string' } } as const
export const targetHelp = {
  service: 'NAME  with --into: the service whose checkout it is',
  into: 'DIR  a checkout of the repository of a service, instead of this site',
}

/** @throws KnownError USAGE, and whatever reading and rendering the site throws */
export function openTarget(invocation: Invocation): Target {
  const context = openSite(invocation)
  const [into, name] = [invocation.text('into'), invocation.text('service')]
  if (into === undefined && name === undefined) {
    return { ...context, place: context.folder, files: renderContext(context) }
  }
  const { services } = context.loaded.site
  const service = services.find((candidate) => candidate.name === name)
  if (name === undefined || into === undefined || service === undefined) {
    const isUnknown = name !== undefined && into !== undefined
    throw new KnownError(
      'USAGE',
      isUnknown
        ? `there is no service ${JSON.stringify(name)}`
        : '--service NAME and --into DIR go together',
      { hint: `The services: ${services.map((candidate) => candidate.name).join(', ')}.` },
    )
  }
  const checkout = resolve(invocation.terminal.folder, into)
  if (!existsSync(join(checkout, '.git'))) {
    throw new KnownError('USAGE', `${checkout} is no checkout: it has no .git`, {
      hint: 'Clone the repository of the service first.',
    })
  }
  return {
    ...context,
    place: SiteFolder.ofService(checkout, service),
    files: filesOf(service, renderContext(context)),
  }
}

function filesOf(service: Service, files: readonly RenderedFile[]): readonly RenderedFile[] {
  const prefix = service.directory === '.' ? '' : `${service.directory}/`
  return files
    .filter(({ scope }) => scope.service?.name === service.name)
    .filter(({ path }) => path.startsWith(prefix) && !path.startsWith('platform/'))
    .map((file) => ({ ...file, path: file.path.slice(prefix.length) }))
}
