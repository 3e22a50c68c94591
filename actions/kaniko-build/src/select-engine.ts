import { BuildahEngine } from './buildah/engine.ts'
import type { Engine } from './engine.ts'
import type { Executor } from './executors/executor.ts'
import { InPlaceExecutor } from './executors/in-place.ts'
import { KubernetesExecutor } from './executors/kubernetes.ts'
import { SandboxExecutor } from './executors/sandbox.ts'
import type { BuildInputs } from './inputs.ts'
import { KanikoEngine } from './kaniko/engine.ts'

/**
 * The engine of the inputs, with everything that it needs proven to be there.
 *
 * @param context the folder to build from, absolute
 * @throws KnownError TOOL_MISSING, PERMISSION_MISSING, EXECUTOR_REFUSED, ENGINE_CANNOT
 */
export async function selectEngine(inputs: BuildInputs, context: string): Promise<Engine> {
  if (inputs.engine === 'buildah') return BuildahEngine.create(inputs.buildahPath)
  return new KanikoEngine(await selectExecutor(inputs, context))
}

async function selectExecutor(
  { executor, kanikoPath, kubernetes }: BuildInputs,
  context: string,
): Promise<Executor> {
  if (executor === 'sandbox') return SandboxExecutor.create(kanikoPath)
  if (executor === 'in-place') return InPlaceExecutor.create(kanikoPath, context)
  return KubernetesExecutor.create(kubernetes, kanikoPath)
}
