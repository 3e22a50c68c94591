import { log, redact, ToolFailure } from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import type { BuiltImage, Engine } from '../engine.ts'
import type { Executor, KanikoAbilities } from '../executors/executor.ts'
import { workThenUndo } from '../work-then-undo.ts'
import { demandAbilities } from './abilities.ts'
import { kanikoArguments } from './arguments.ts'
import { digestOfEvidence } from './evidence.ts'

/** Builds with kaniko, in the place that an executor makes for it. */
export class KanikoEngine implements Engine {
  readonly #executor: Executor

  constructor(executor: Executor) {
    this.#executor = executor
  }

  build(request: BuildRequest): Promise<BuiltImage> {
    return workThenUndo(
      () => this.#build(request),
      () => this.#executor.close(),
    )
  }

  async #build(request: BuildRequest): Promise<BuiltImage> {
    const executor = this.#executor
    try {
      await executor.open(request)
      const abilities = await probe(executor, request.deadline)
      const args = kanikoArguments(request, executor.layout, abilities)
      demandAbilities(abilities, args)
      const builtBy = `kaniko ${describe(abilities)}, executor ${executor.name}`
      log.info(`engine: ${builtBy}`)
      const evidence = await executor.run(args, request)
      const digest = digestOfEvidence(evidence, request.destinations, executor.recordsPushes)
      return { digest, builtBy, unprotected: undefined }
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error
      throw diagnose('kaniko', error.result, 'BUILD_FAILED', redact)
    }
  }
}

async function probe(executor: Executor, deadline: BuildDeadline): Promise<KanikoAbilities> {
  try {
    return await executor.probe(deadline)
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    const last = error.result.stderr.trim().split('\n').at(-1) ?? ''
    throw new KnownError('TOOL_VERSION', `kaniko-path cannot be run by the executor: ${last}`, {
      hint: 'Give the file /kaniko/executor of a kaniko image; it is static and needs no library.',
      cause: error,
    })
  }
}

function describe({ fork, version }: KanikoAbilities): string {
  return `${version} (${fork})`
}
