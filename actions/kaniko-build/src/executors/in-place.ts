import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { log, makeTemporaryDirectory, Tool } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { missingCapabilities, unpackingCapabilities } from '../capabilities.ts'
import { type Containment, contained, detectContainment } from '../containment.ts'
import { readAbilities } from '../kaniko/abilities.ts'
import { plainHttpGuard } from '../kaniko/plain-http.ts'
import { removeLeftovers } from '../leftovers.ts'
import { logEngineLine } from '../log-line.ts'
import { answerMs, type EngineRun, runEngine } from '../run-engine.ts'
import { rememberPlace, rememberSession } from '../state.ts'
import type { Executor, KanikoAbilities, KanikoEvidence, KanikoLayout } from './executor.ts'
import { demandSafePlace, warnOfLostLibraries } from './in-place-safety.ts'
import { kanikoDirectory, noteBeginning, tidyContainer } from './in-place-traces.ts'

// Together they put the container's own files back when kaniko ends by itself (facts: kaniko.md 2a).
const restoringFlags = ['--pre-cleanup', '--cleanup', '--preserve-context'] as const

/** Runs kaniko on the root filesystem of a container that was made for it. */
export class InPlaceExecutor implements Executor {
  readonly name = 'in-place'
  readonly recordsPushes = true
  readonly #program: Tool
  readonly #containment: Containment
  #work = ''
  #context = ''
  #session: number | undefined

  private constructor(program: Tool, containment: Containment) {
    this.#program = program
    this.#containment = containment
  }

  /**
   * Proves that kaniko can be let loose here.
   *
   * @param context the folder to build from, absolute
   * @throws KnownError EXECUTOR_REFUSED, TOOL_MISSING, PERMISSION_MISSING
   */
  static async create(kanikoPath: string, context: string): Promise<InPlaceExecutor> {
    demandSafePlace(kanikoPath, context)
    const program = await Tool.find({ name: 'kaniko', path: kanikoPath })
    demandRights()
    warnOfLostLibraries()
    return new InPlaceExecutor(program, await detectContainment())
  }

  get layout(): KanikoLayout {
    const inWork = (name: string): string => join(this.#work, name)
    return {
      context: `dir://${this.#context}`,
      digestFile: inWork('digest'),
      caFile: inWork('ca.pem'),
      clientCertificateFile: inWork('client.crt'),
      clientKeyFile: inWork('client.key'),
      secretsDirectory: inWork('secrets'),
      ignoredPaths: [],
      ownFlags: restoringFlags,
    }
  }

  async open({ context, access, secrets }: BuildRequest): Promise<void> {
    // Kaniko spares its own folder; nothing of ours may lie anywhere else.
    this.#work = makeTemporaryDirectory('in-place', rememberPlace, { parent: kanikoDirectory })
    this.#context = context
    const place = (name: string, content: string | Buffer): void =>
      writeFileSync(join(this.#work, name), content, { mode: 0o600 })
    for (const name of ['.docker', 'secrets']) mkdirSync(join(this.#work, name))
    place('.docker/config.json', access.dockerConfig)
    for (const { id, value } of secrets) place(`secrets/${id}`, value)
    if (access.ca !== undefined) place('ca.pem', access.ca.pem)
    if (access.clientCertificate === undefined) return
    place('client.crt', access.clientCertificate.certificatePem)
    place('client.key', access.clientCertificate.keyPem)
  }

  async probe(deadline: BuildDeadline): Promise<KanikoAbilities> {
    const options = { env: this.#environment(false), deadline, mostMs: answerMs }
    const version = await this.#run(['version'], options)
    const help = await this.#run(['--help'], options)
    const abilities = readAbilities(version.stdout, `${help.stdout}\n${help.stderr}`)
    const missing = restoringFlags.filter((flag) => !abilities.flags.has(flag))
    if (missing.length === 0) return abilities
    throw new KnownError(
      'EXECUTOR_REFUSED',
      `kaniko ${abilities.version} (${abilities.fork}) cannot put the container back: it has no ${missing.join(', ')}`,
      { hint: 'Use executor: sandbox, or the fork of osscontainertools.' },
    )
  }

  async run(args: readonly string[], request: BuildRequest): Promise<KanikoEvidence> {
    log.info('in-place: the files of this container are deleted now and put back at the end')
    noteBeginning()
    const guard = plainHttpGuard(request)
    await this.#run(args, {
      env: { ...this.#environment(request.access.ca !== undefined), ...guard },
      deadline: request.deadline,
      onSpawn: (pid) => {
        this.#session = pid
        rememberSession(pid)
      },
      onLine: logEngineLine,
    })
    const read = (name: string): string | undefined => {
      const path = join(this.#work, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined
    }
    return { digestText: read('digest'), pushRecord: read('images') }
  }

  async close(): Promise<void> {
    if (this.#work === '') return
    // A RUN has a process group of its own, so the deadline has ended kaniko alone; here all have one root.
    await removeLeftovers({ directory: this.#work, session: this.#session })
    tidyContainer()
  }

  #run(args: readonly string[], options: EngineRun) {
    const command = [this.#program.path, ...args]
    return runEngine('kaniko', contained(this.#containment, command, '/proc'), options)
  }

  #environment(ownCa: boolean): Readonly<Record<string, string>> {
    const { container } = process.env
    return {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/kaniko',
      HOME: '/root',
      USER: 'root',
      DOCKER_CONFIG: join(this.#work, '.docker'),
      ...this.#trust(ownCa),
      BUILDER_OUTPUT: this.#work,
      // Kaniko looks for signs of a container itself, too; nothing here forces it.
      ...(container === undefined ? {} : { container }),
    }
  }

  // Where only one of the two is set, Go reads what the container has in the place of the other (decision 0137).
  #trust(ownCa: boolean): Readonly<Record<string, string>> {
    if (!ownCa) return { SSL_CERT_DIR: '/kaniko/ssl/certs' }
    return {
      SSL_CERT_FILE: this.layout.caFile,
      SSL_CERT_DIR: join(this.#work, 'no-certificates'),
    }
  }
}

function demandRights(): void {
  const absent = missingCapabilities(unpackingCapabilities)
  if (process.getuid?.() === 0 && absent.length === 0) return
  throw new KnownError(
    'PERMISSION_MISSING',
    `executor in-place needs root with ${unpackingCapabilities.join(', ')}; missing: ${absent.join(', ') || 'root'}`,
  )
}
