import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KnownError } from '@tierseal/errors'
import type { BareRepository } from './bare-repository.ts'
import { resolveDirectory } from './directory-path.ts'
import { demandPlainFolder } from './kustomization-fields.ts'
import { demandModestFile, readOnlyOneWay } from './one-reading.ts'
import { demandLocalPlugin } from './plugin-configuration.ts'
import { type Reference, readReferences } from './references.ts'
import { SizeLimit } from './size-limit.ts'
import { listTree, resolvePlainPath, type TreeEntry } from './tree-listing.ts'

/** A kustomization file of an overlay, as the commit holds it and as it lies in the snapshot's folder. */
export interface KustomizationFile {
  readonly path: string
  readonly mode: string
}

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const

/**
 * The directories of one commit that its overlays need, written to a folder: only plain files, only inside
 * the repository, byte for byte, nothing of unreasonable size. Nothing else of the commit reaches the disk.
 */
export class Snapshot {
  readonly commit: string
  /** Holds the directories, at their paths. */
  readonly directory: string
  readonly #repository: BareRepository
  readonly #size: SizeLimit
  /** Everything that the commit holds below the directories that were checked out, by path. */
  readonly #entries = new Map<string, TreeEntry>()
  readonly #checkedOut: string[] = []
  readonly #kustomizations = new Map<string, KustomizationFile>()

  private constructor(repository: BareRepository, commit: string, directory: string) {
    this.#repository = repository
    this.#size = new SizeLimit(repository)
    this.commit = commit
    this.directory = directory
  }

  /**
   * @param directory what it held is removed: the snapshot of an earlier attempt
   * @throws KnownError PIN_OVERLAY_MISSING, PIN_OVERLAY_AMBIGUOUS, PIN_PATH_REFUSED, PIN_FILE_TOO_LARGE,
   *   PIN_REMOTE_RESOURCE, PIN_KUSTOMIZATION_INVALID and the YAML_ codes
   */
  static async take(
    repository: BareRepository,
    commit: string,
    overlays: readonly string[],
    directory: string,
  ): Promise<Snapshot> {
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { mode: 0o700 })
    const snapshot = new Snapshot(repository, commit, directory)
    await repository.local(['read-tree', commit], { env: snapshot.#indexEnvironment() })
    const seen = new Set<string>()
    for (const overlay of overlays) await snapshot.#addOverlay(overlay, seen)
    return snapshot
  }

  /** The kustomization file of an overlay that the snapshot was taken for. */
  kustomizationOf(overlay: string): KustomizationFile {
    const file = this.#kustomizations.get(overlay)
    if (file === undefined) throw new Error(`${overlay} is not part of the snapshot`)
    return file
  }

  read(path: string): Uint8Array {
    return readFileSync(join(this.directory, path))
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text)
  }

  /** The tree of the commit with these files replaced; returns its object name. */
  async writeTree(files: ReadonlyMap<KustomizationFile, string>): Promise<string> {
    const env = this.#indexEnvironment()
    for (const [{ path, mode }, text] of files) {
      const hash = ['hash-object', '-w', '--no-filters', '--stdin']
      const object = (await this.#repository.local(hash, { input: text })).trim()
      const info = `${mode} ${object}\t${path}\0`
      await this.#repository.local(['update-index', '-z', '--index-info'], { input: info, env })
    }
    // The objects that the filter left out are on the server already.
    return (await this.#repository.local(['write-tree', '--missing-ok'], { env })).trim()
  }

  async #addOverlay(overlay: string, seen: Set<string>): Promise<void> {
    const file = await this.#addDirectory({ path: overlay, plugin: false }, seen)
    if (file === undefined) throw missing(overlay, 'holds no kustomization file')
    this.#kustomizations.set(overlay, file)
  }

  async #addDirectory(
    { path, plugin }: Reference,
    seen: Set<string>,
  ): Promise<KustomizationFile | undefined> {
    seen.add(`${path}\0${plugin}`)
    await this.#checkOut(path)
    const file = findKustomization(path, this.#entries)
    if (file === undefined) return undefined
    const source = readOnlyOneWay(file.path, this.read(file.path))
    if (plugin) demandPlainFolder(file.path, source.values())
    for (const reference of readReferences(source)) {
      const target = resolveDirectory(path, reference.path)
      await this.#addReference({ path: target, plugin: plugin || reference.plugin }, seen)
    }
    return file
  }

  async #addReference(reference: Reference, seen: Set<string>): Promise<void> {
    const { path, plugin } = reference
    if (seen.has(`${path}\0${plugin}`)) return
    const kind = await this.#kindOf(path)
    if (kind === 'directory') await this.#addDirectory(reference, seen)
    // One that was not checked out lies outside of its kustomization, where Kustomize does not read it.
    if (plugin && this.#entries.get(path)?.kind === 'file') this.#demandLocalPlugin(path)
  }

  #demandLocalPlugin(path: string): void {
    const bytes = this.read(path)
    demandModestFile(path, bytes)
    demandLocalPlugin(path, new TextDecoder().decode(bytes))
  }

  async #checkOut(path: string): Promise<void> {
    if (this.#isCheckedOut(path)) return
    const kind = await this.#kindOf(path)
    if (kind !== 'directory')
      throw missing(path, kind === undefined ? 'does not exist' : `is a ${kind}`)
    const below = path === '.' ? [] : [`${path}/`]
    const entries = await listTree(this.#repository, this.commit, below, true)
    const files = entries.filter(({ kind, path: at }) => kind === 'file' && !this.#entries.has(at))
    await this.#size.demandRoom(files)
    const input = files.map((entry) => `${entry.path}\0`).join('')
    const flags = ['checkout-index', '--quiet', '--force', '-z', '--stdin']
    const workTree = `--work-tree=${this.directory}`
    await this.#repository.local([workTree, ...flags], { input, env: this.#indexEnvironment() })
    for (const entry of entries) this.#entries.set(entry.path, entry)
    this.#checkedOut.push(path)
  }

  async #kindOf(path: string): Promise<TreeEntry['kind'] | undefined> {
    if (path === '.') return 'directory'
    const known = this.#entries.get(path)?.kind
    if (known === 'file') return known
    const isDirectory = [...this.#entries.keys()].some((other) => other.startsWith(`${path}/`))
    if (isDirectory && this.#isCheckedOut(path)) return 'directory'
    return (await resolvePlainPath(this.#repository, this.commit, path))?.kind
  }

  #isCheckedOut(path: string): boolean {
    return this.#checkedOut.some((done) => done === '.' || `${path}/`.startsWith(`${done}/`))
  }

  #indexEnvironment(): Record<string, string> {
    return { GIT_INDEX_FILE: `${this.directory}.index` }
  }
}

function findKustomization(
  directory: string,
  entries: ReadonlyMap<string, TreeEntry>,
): KustomizationFile | undefined {
  const prefix = directory === '.' ? '' : `${directory}/`
  const found = fileNames.flatMap((name) => entries.get(prefix + name) ?? [])
  const [first, second] = found
  if (second !== undefined) {
    const names = found.map(({ path }) => path).join(' and ')
    throw new KnownError('PIN_OVERLAY_AMBIGUOUS', `${directory} holds ${names}`, {
      hint: 'Keep one of them; Kustomize refuses several.',
    })
  }
  if (first === undefined || first.kind === 'file') return first
  throw new KnownError('PIN_PATH_REFUSED', `${first.path} is a ${first.kind}`, {
    hint: 'Use a plain file: an edit of the link would land somewhere else.',
  })
}

function missing(directory: string, how: string): KnownError {
  return new KnownError('PIN_OVERLAY_MISSING', `the overlay directory ${directory} ${how}`, {
    hint: 'Name it relative to the root of the GitOps repository, and check the branch.',
  })
}
