import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import type { Service, Site } from '@tierseal/tiers'
import { inService, workflowsFolder } from '../plan/service.ts'
import { type Lock, lockName, parseLock } from './lock.ts'
import { Look } from './look.ts'
import { isLeftOver } from './write.ts'

/** The folder of a site as it is on disk, or a checkout of the repository of one service. */
export class SiteFolder {
  readonly path: string
  /** Whose files the lock of this folder lists: the name of tiers.yaml, or of a service. */
  readonly owner: string
  readonly #service: Service | undefined

  constructor(path: string, owner = 'tiers.yaml', service?: Service) {
    this.path = path
    this.owner = owner
    this.#service = service
  }

  /** A checkout of a service, where its files stand without the folder that they have in the site. */
  static ofService(path: string, service: Service): SiteFolder {
    return new SiteFolder(path, `service ${service.name}`, { ...service, directory: '.' })
  }

  absolute(path: string): string {
    return join(this.path, ...path.split('/'))
  }

  look(): Look {
    return new Look(this.path)
  }

  /**
   * The text of a file, or undefined where there is no plain file.
   *
   * @throws KnownError FILE_UNREADABLE
   */
  read(path: string, look: Look = this.look()): string | undefined {
    if (look.kindOf(path) !== 'file') return undefined
    try {
      return readFileSync(this.absolute(path), 'utf8')
    } catch (error) {
      throw new KnownError('FILE_UNREADABLE', messageOf(error), { cause: error })
    }
  }

  /**
   * What the last generate wrote here; an empty lock where nothing was.
   *
   * @throws KnownError LOCK_INVALID, FOLDER_TAKEN
   */
  readLock(): Lock {
    const text = this.read(lockName)
    if (text === undefined) return { generator: '', of: this.owner, files: new Map() }
    const lock = parseLock(text)
    if (lock.of === this.owner) return lock
    throw new KnownError(
      'FOLDER_TAKEN',
      `${this.path} has the files of ${lock.of}, by its ${lockName}, and not of ${this.owner}`,
      { hint: 'Give each site, and each service, a folder of its own.' },
    )
  }

  /** The files that stand where only generated files belong. */
  generatedPlaces(site: Site): readonly string[] {
    const look = this.look()
    const workflows = this.#services(site).flatMap((service) => {
      const folder = inService(service, workflowsFolder(site))
      const own = new Set(service.ownWorkflows.map((name) => `${folder}/${name}`))
      return this.#list(folder, look).filter((path) => !own.has(path))
    })
    const platform = this.#service === undefined ? this.#list('platform', look) : []
    const places = [...workflows, ...platform].filter((path) => !isLeftOver(path))
    return [...new Set([...places, ...this.leftOvers(site)])]
  }

  /** What an interrupted run left beside the files of the site. */
  leftOvers(site: Site): readonly string[] {
    const look = this.look()
    const services = this.#services(site)
    const shallow = ['', 'keys', ...services.map((service) => inService(service, '.github'))]
    const deep = ['platform', ...services.map((of) => inService(of, workflowsFolder(site)))]
    const found = [
      ...shallow.flatMap((folder) => this.#names(folder, look)),
      ...deep.flatMap((folder) => this.#list(folder, look)),
    ]
    return [...new Set(found)].filter(isLeftOver)
  }

  #services(site: Site): readonly Service[] {
    return this.#service === undefined ? site.services : [this.#service]
  }

  #names(folder: string, look: Look): readonly string[] {
    if (look.folderKind(folder) !== 'folder') return []
    const prefix = folder === '' ? '' : `${folder}/`
    return readdirSync(this.absolute(folder)).map((name) => prefix + name)
  }

  // What is no folder is listed itself: nothing but a folder belongs there.
  #list(folder: string, look: Look): readonly string[] {
    const kind = look.folderKind(folder)
    if (kind === 'nothing') return []
    if (kind === 'other') return [look.obstacle(`${folder}/x`) ?? folder]
    return readdirSync(this.absolute(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .map((path) => path.split(sep).join('/'))
      .sort()
  }
}
