import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type ActionOptions,
  type ActionResult,
  type RunningAction,
  runAction,
  startAction,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'

/** A workspace with the given files. */
export function workspaceWith(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory('workspace')
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return directory
}

/** The inputs of kaniko-build against a registry, with the stand-in as the executor. */
function standInInputs(registry: TestRegistry): Readonly<Record<string, string>> {
  return {
    destination: `${registry.host}/dev/app:1`,
    'kaniko-path': toolPath('kaniko-stand-in'),
    'registry-ca': registry.caPath,
    'registry-username': registry.username,
    'registry-password': registry.password,
    'timeout-seconds': '60',
  }
}

/** Runs the bundle over a Dockerfile of the stand-in's words. */
export function buildWithStandIn(
  registry: TestRegistry,
  dockerfile: string,
  inputs: Readonly<Record<string, string>> = {},
  options: Omit<ActionOptions, 'inputs'> = {},
): Promise<ActionResult> {
  return runAction('kaniko-build', optionsOf(registry, dockerfile, inputs, options))
}

/** Starts it, to be killed. */
export function startStandIn(
  registry: TestRegistry,
  dockerfile: string,
  options: Omit<ActionOptions, 'inputs'> = {},
  inputs: Readonly<Record<string, string>> = {},
): RunningAction {
  return startAction('kaniko-build', optionsOf(registry, dockerfile, inputs, options))
}

function optionsOf(
  registry: TestRegistry,
  dockerfile: string,
  inputs: Readonly<Record<string, string>>,
  options: Omit<ActionOptions, 'inputs'>,
): ActionOptions {
  const cwd = workspaceWith({ Dockerfile: dockerfile, 'data.txt': 'data\n' })
  return { cwd, ...options, inputs: { ...standInInputs(registry), ...inputs } }
}
