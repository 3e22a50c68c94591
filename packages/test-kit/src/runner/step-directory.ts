import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../temporary-directory.ts'
import { parseEnvironmentFile } from './environment-file.ts'

/** The folder of one step: the files that a runner gives it, its workspace, home and RUNNER_TEMP. */
export interface StepDirectory {
  readonly path: string
  readonly workspace: string
  readonly temp: string
  readonly home: string
}

const fileCommands = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'] as const

type FileCommand = (typeof fileCommands)[number]

/** Makes the folder of a new step. */
export function makeStepDirectory(name: string): StepDirectory {
  const path = temporaryDirectory(`step-${name}`)
  const inside = (part: string): string => {
    const folder = join(path, part)
    mkdirSync(folder)
    return folder
  }
  return { path, workspace: inside('workspace'), temp: inside('temp'), home: inside('home') }
}

/** Empty command files for one phase, and the environment that names them. */
export function startPhase(directory: StepDirectory, phase: string): Record<string, string> {
  const entries = fileCommands.map((command): [string, string] => {
    const path = commandFile(directory, phase, command)
    writeFileSync(path, '')
    return [`GITHUB_${command}`, path]
  })
  return Object.fromEntries(entries)
}

/** What a phase wrote into one of its command files. */
export function readCommandFile(
  directory: StepDirectory,
  phase: string,
  command: FileCommand,
): string {
  const path = commandFile(directory, phase, command)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** The same, as names and values. With `partial`, a file that a killed step left half written has none. */
export function readValues(
  directory: StepDirectory,
  phase: string,
  command: FileCommand,
  { partial }: { readonly partial: boolean },
): Readonly<Record<string, string>> {
  const text = readCommandFile(directory, phase, command)
  try {
    return parseEnvironmentFile(text)
  } catch (error) {
    if (partial) return {}
    throw error
  }
}

function commandFile(directory: StepDirectory, phase: string, command: FileCommand): string {
  return join(directory.path, `${phase}-${command.toLowerCase()}`)
}
