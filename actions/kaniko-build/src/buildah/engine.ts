import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  childEnvironment,
  log,
  makeTemporaryDirectory,
  redact,
  Tool,
  ToolFailure,
} from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import { type Digest, parseDigest } from '@tierseal/oci'
import { BuildNamespaces } from '../build-namespaces.ts'
import type { BuildRequest } from '../build-request.ts'
import { missingCapabilities } from '../capabilities.ts'
import { type Containment, contained, detectContainment, works } from '../containment.ts'
import type { BuiltImage, Engine } from '../engine.ts'
import { removeLeftovers } from '../leftovers.ts'
import { logEngineLine } from '../log-line.ts'
import { runEngine } from '../run-engine.ts'
import { rememberPlace, rememberSession } from '../state.ts'
import { workThenUndo } from '../work-then-undo.ts'
import { buildArguments, globalArguments, pushArguments } from './arguments.ts'
import { type BuildahPlace, layOut } from './place.ts'

/** Builds with buildah, without a daemon: chroot isolation, storage in a folder of its own. */
export class BuildahEngine implements Engine {
  readonly #program: Tool
  readonly #version: string
  readonly #flags: ReadonlySet<string>
  readonly #containment: Containment
  #session: number | undefined

  private constructor(
    program: Tool,
    version: string,
    flags: ReadonlySet<string>,
    containment: Containment,
  ) {
    this.#program = program
    this.#version = version
    this.#flags = flags
    this.#containment = containment
  }

  /**
   * Finds buildah and proves that it can build here.
   *
   * @throws KnownError TOOL_MISSING, PERMISSION_MISSING
   */
  static async create(path: string | undefined): Promise<BuildahEngine> {
    const program = await Tool.find({ name: 'buildah', path })
    await demandRights(program)
    const version = /version (\S+)/.exec(await program.ask(['--version']))?.[1] ?? 'unknown'
    const names = (await program.ask(['bud', '--help'])).matchAll(/(--[a-z][a-z-]*)/g)
    const flags = new Set([...names].map(([, name = '']) => name))
    return new BuildahEngine(program, version, flags, await detectContainment())
  }

  async build(request: BuildRequest): Promise<BuiltImage> {
    this.#demandFlags(request)
    const builtBy = `buildah ${this.#version}, isolation chroot`
    log.info(`engine: ${builtBy}`)
    const directory = makeTemporaryDirectory('buildah', rememberPlace)
    const namespaces = await BuildNamespaces.open(this.#containment, directory)
    const work = async (): Promise<BuiltImage> => {
      const unprotected = sayUnprotected(namespaces)
      const run = this.#runner(request, layOut(directory, request), namespaces)
      return { digest: await buildAndPush(request, directory, run), builtBy, unprotected }
    }
    return workThenUndo(
      () => work().catch(explainFailure),
      async () => {
        namespaces?.close()
        await removeLeftovers({ directory, session: this.#session })
      },
    )
  }

  #runner(
    request: BuildRequest,
    place: BuildahPlace,
    namespaces: BuildNamespaces | undefined,
  ): RunBuildah {
    return async (makeArguments) => {
      const args = [
        ...globalArguments(place, request.verbosity),
        ...makeArguments(place, this.#flags),
      ]
      const command = [this.#program.path, ...args]
      await runEngine(
        'buildah',
        namespaces?.entering(command) ?? contained(this.#containment, command),
        {
          env: childEnvironment(place.environment),
          deadline: request.deadline,
          onSpawn: (pid) => {
            this.#session = pid
            rememberSession(pid)
          },
          onLine: logEngineLine,
        },
      )
    }
  }

  #demandFlags({ cacheRepository, extraArguments }: BuildRequest): void {
    const given = extraArguments.map((argument) => argument.split('=')[0] ?? argument)
    const cache = cacheRepository === undefined ? [] : ['--cache-from', '--cache-to']
    const missing = [...given, ...cache].filter((flag) => !this.#flags.has(flag))
    if (missing.length === 0) return
    throw new KnownError(
      'ENGINE_CANNOT',
      `buildah ${this.#version} does not know ${missing.join(', ')}`,
    )
  }
}

function explainFailure(error: unknown): never {
  if (!(error instanceof ToolFailure)) throw error
  throw diagnose('buildah', error.result, 'BUILD_FAILED', redact)
}

type RunBuildah = (
  makeArguments: (place: BuildahPlace, flags: ReadonlySet<string>) => readonly string[],
) => Promise<void>

function sayUnprotected(namespaces: BuildNamespaces | undefined): string | undefined {
  if (namespaces !== undefined && namespaces.unprotected === undefined) return undefined
  const why = namespaces?.unprotected ?? 'it allows no namespaces of its own'
  log.warning(`buildah could write to files of this runner: ${why}`)
  return why
}

async function buildAndPush(
  request: BuildRequest,
  directory: string,
  run: RunBuildah,
): Promise<Digest> {
  await run((place, flags) => buildArguments(request, place, flags))
  const digests: Digest[] = []
  for (const [index, destination] of request.destinations.entries()) {
    const file = join(directory, `digest-${index}`)
    await run((place) => pushArguments(request, place, destination, file))
    digests.push(digestOf(file))
  }
  const [digest, ...others] = digests
  if (digest !== undefined && others.every((other) => other === digest)) return digest
  throw new KnownError(
    'BUILD_RECORD_MISMATCH',
    `buildah pushed different digests: ${digests.join(', ')}`,
  )
}

// Some pushes end with 0 and an empty digest file (facts: kaniko.md 4).
function digestOf(file: string): Digest {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (text !== '') return parseDigest(text)
  throw new KnownError('BUILD_DIGEST_MISSING', 'buildah ended with 0 and wrote no digest')
}

async function demandRights(program: Tool): Promise<void> {
  if (process.getuid?.() === 0 && missingCapabilities(['CAP_SYS_ADMIN']).length === 0) return
  if (await works([program.path, 'unshare', 'true'])) return
  throw new KnownError(
    'PERMISSION_MISSING',
    'buildah needs root with CAP_SYS_ADMIN, or a runner that allows user namespaces',
    { hint: 'Grant one of them, or use engine: kaniko, whose sandbox needs only chroot.' },
  )
}
