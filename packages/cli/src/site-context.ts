import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import {
  type RenderedFile,
  readPublicKeys,
  renderSite,
  SiteFolder,
  schemaFile,
  schemaPath,
} from '@tierseal/generator'
import { type LoadedSite, loadSite } from '@tierseal/tiers'
import type { Invocation } from './verb.ts'

/** A tiers.yaml that was read, and the folder it governs. */
export interface SiteContext {
  readonly loaded: LoadedSite
  readonly folder: SiteFolder
  /** The absolute path of tiers.yaml. */
  readonly config: string
}

/** The option that every verb with a site has. */
export const configOption = { config: { type: 'string', short: 'c' } } as const
export const configHelp = { config: 'FILE  tiers.yaml of the site, or its folder (default: here)' }

/** @throws KnownError TIERS_NOT_FOUND, FILE_UNREADABLE, TIERS_INVALID */
export function openSite({ text, terminal }: Invocation): SiteContext {
  const config = configPath(resolve(terminal.folder, text('config') ?? '.'))
  if (!existsSync(config)) {
    throw new KnownError('TIERS_NOT_FOUND', `there is no ${config}`, {
      hint: 'Name it with --config FILE, or start a site with: tierseal init',
    })
  }
  const loaded = loadSite(basename(config), readText(config))
  return { loaded, config, folder: new SiteFolder(dirname(config), basename(config)) }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KnownError('FILE_UNREADABLE', messageOf(error), {
      hint: 'Correct its rights; --config takes the file itself, or its folder.',
      cause: error,
    })
  }
}

/** Where a site's tiers.yaml is, given the file or its folder. */
export function configPath(given: string): string {
  return /\.ya?ml$/.test(given) ? given : resolve(given, 'tiers.yaml')
}

/** Every file of the site, as it should be. */
export function renderContext({ loaded, folder }: SiteContext): readonly RenderedFile[] {
  const files = renderSite(loaded.site, readPublicKeys(loaded.site, folder))
  // Only where init wrote it: a site may point its editor at the schema of another folder.
  const hasSchema = folder.look().kindOf(schemaPath) !== 'nothing'
  return hasSchema ? [...files, schemaFile(loaded.site)] : files
}
