import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs'
import { join, sep } from 'node:path'
import type { Site } from '@tierseal/tiers'
import { inService, workflowsFolder } from '../plan/service.ts'
import { type Lock, lockName, parseLock } from './lock.ts'

/** The folder of a site as it is on disk. */
export class SiteFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  absolute(path: string): string {
    return join(this.path, ...path.split('/'))
  }

  /** The text of a file, or undefined where there is no plain file. */
  read(path: string): string | undefined {
    const absolute = this.absolute(path)
    return this.#kindOf(absolute)?.isFile() === true ? readFileSync(absolute, 'utf8') : undefined
  }

  /** What the last generate wrote here; an empty lock where nothing was. */
  readLock(): Lock {
    const text = this.read(lockName)
    return text === undefined ? { generator: '', files: new Map() } : parseLock(text)
  }

  /** The files that stand where only generated files belong. */
  generatedPlaces(site: Site): readonly string[] {
    const workflows = site.services.flatMap((service) => {
      const folder = inService(service, workflowsFolder(site))
      return this.#list(folder).filter((path) => /\/deploy-[^/]*\.ya?ml$/.test(path))
    })
    return [...workflows, ...this.#list('platform')]
  }

  #list(folder: string): readonly string[] {
    const absolute = this.absolute(folder)
    if (this.#kindOf(absolute)?.isDirectory() !== true) return []
    return readdirSync(absolute, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .map((path) => path.split(sep).join('/'))
      .sort()
  }

  #kindOf(absolute: string): Stats | undefined {
    try {
      return lstatSync(absolute, { throwIfNoEntry: false })
    } catch {
      // A file stands where a folder should be: there is nothing behind it.
      return undefined
    }
  }
}
