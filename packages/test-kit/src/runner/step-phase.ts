import { type ChildProcess, spawn } from 'node:child_process'
import type { AirGap } from '../network/air-gap.ts'
import { killGroup } from '../server-process.ts'
import { toolPath } from '../tools/index.ts'
import type { ActionDefinition } from './action-definition.ts'
import { type Annotation, annotationsOf, forbiddenCommandsOf, maskedLogOf } from './log-commands.ts'
import { inputEnvironment, runnerEnvironment } from './runner-environment.ts'
import { readCommandFile, readValues, type StepDirectory, startPhase } from './step-directory.ts'
import { gatherOutput, type StepOutput } from './step-output.ts'

export interface ActionOptions {
  /** The `with:` of the step. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Beside what every runner sets. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The Node that the runner has; the actions say 24, runners take what is on PATH. */
  readonly node?: 20 | 24
  /** The workspace, where not a new empty one. */
  readonly cwd?: string
  /** Runs the action inside of this network. */
  readonly network?: AirGap
  /** A program that runs the action as its arguments, such as one that measures it. */
  readonly wrapper?: readonly string[]
}

/** All that one phase of a step left behind. */
export interface ActionResult {
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
  /** Both, as they came. */
  readonly log: string
  /** The log as the oldest runner shows it, masks applied. */
  readonly maskedLog: string
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  /** What it wrote to GITHUB_ENV, which every later step sees. */
  readonly exported: Readonly<Record<string, string>>
  readonly summary: string
  readonly annotations: readonly Annotation[]
  /** Everything of this step on disk; RUNNER_TEMP, home, workspace and the command files are below. */
  readonly directory: string
  readonly runnerTemp: string
  readonly workspace: string
  readonly step: Step
}

/** What post needs to know of its main. */
export interface Step {
  readonly name: string
  readonly options: ActionOptions
  readonly directory: StepDirectory
}

/** A phase on its way. */
export interface RunningAction {
  readonly pid: number
  readonly directory: string
  readonly runnerTemp: string
  /** As every runner cancels: SIGKILL, with no warning, to the action alone or with its children. */
  kill(what?: 'process' | 'group'): void
  /** Resolves when the log holds the text; rejects when the action ends without it. */
  waitForLog(text: string | RegExp): Promise<void>
  readonly result: Promise<ActionResult>
}

/** Starts main or post of a step. */
export function startStepPhase(
  step: Step,
  phase: 'main' | 'post',
  program: string,
  definition: ActionDefinition,
  state: Readonly<Record<string, string>> = {},
): RunningAction {
  const { options, directory } = step
  const child = spawnPhase(step, program, {
    ...runnerEnvironment(directory, workspaceOf(step)),
    ...startPhase(directory, phase),
    ...inputEnvironment(definition, options.inputs ?? {}),
    ...state,
    ...options.env,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} could not be started`)
  const output = gatherOutput(child)
  const result = ended(child).then((end) => describe(step, phase, end, output, definition))
  result.catch(() => undefined)
  return {
    pid,
    directory: directory.path,
    runnerTemp: directory.temp,
    kill: (what = 'process') => process.kill(what === 'group' ? -pid : pid, 'SIGKILL'),
    waitForLog: (text) => output.waitFor(text, result),
    result,
  }
}

function workspaceOf({ options, directory }: Step): string {
  return options.cwd ?? directory.workspace
}

function spawnPhase(step: Step, program: string, env: NodeJS.ProcessEnv): ChildProcess {
  const { network, wrapper = [], node: version } = step.options
  const node = version === 20 ? toolPath('node20') : process.execPath
  const [command = node, ...args] = [...(network?.prefix ?? []), ...wrapper, node, program]
  // The pipe that stays open is what Gitea's runner gives as stdin; nothing may read from it.
  const options = { cwd: workspaceOf(step), env, detached: true, stdio: 'pipe' } as const
  const child = spawn(command, args, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

const running = new Set<ChildProcess>()

// Before the folders go that they write to.
process.prependOnceListener('exit', () => {
  for (const child of running) killGroup(child)
})

interface End {
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

// A child of a killed action can hold its pipes open for as long as it lives, so those are not waited for.
function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      const end = { exitCode: code ?? undefined, signal: signal ?? undefined }
      child.on('close', () => resolve(end))
      setTimeout(() => resolve(end), 500).unref()
    })
  })
}

function describe(
  step: Step,
  phase: 'main' | 'post',
  end: End,
  { stdout, stderr, log }: StepOutput,
  definition: ActionDefinition,
): ActionResult {
  const { directory } = step
  refuseCommands(log)
  // A step that was killed may have left half an entry.
  const values = (file: 'OUTPUT' | 'STATE' | 'ENV'): Readonly<Record<string, string>> =>
    readValues(directory, phase, file, { partial: end.signal !== undefined })
  const outputs = values('OUTPUT')
  refuseUnnamedOutputs(definition, outputs)
  return {
    ...end,
    stdout,
    stderr,
    log,
    maskedLog: maskedLogOf(log),
    outputs,
    state: values('STATE'),
    exported: values('ENV'),
    summary: readCommandFile(directory, phase, 'STEP_SUMMARY'),
    annotations: annotationsOf(log),
    directory: directory.path,
    runnerTemp: directory.temp,
    workspace: workspaceOf(step),
    step,
  }
}

// A runner passes on any output; a consumer can only know those that action.yml names.
function refuseUnnamedOutputs(
  { directory, outputs: named }: ActionDefinition,
  written: Readonly<Record<string, string>>,
): void {
  const unnamed = Object.keys(written).filter((name) => !named.includes(name))
  if (unnamed.length > 0) throw new Error(`${directory} names no output ${unnamed.join(', ')}`)
}

// No action of ours has a reason to: a line that does it came from somewhere else, and the action let it by.
function refuseCommands(log: string): void {
  const [line] = forbiddenCommandsOf(log)
  if (line !== undefined) throw new Error(`the log tells the runner to do something: ${line}`)
}
