import { readActionDefinition } from './action-definition.ts'
import { makeStepDirectory } from './step-directory.ts'
import {
  type ActionOptions,
  type ActionResult,
  type RunningAction,
  startStepPhase,
} from './step-phase.ts'

/** Runs the bundle of an action as a runner does, to its end. */
export function runAction(name: string, options: ActionOptions = {}): Promise<ActionResult> {
  return startAction(name, options).result
}

/** Starts the bundle of an action, to be killed or watched while it runs. */
export function startAction(name: string, options: ActionOptions = {}): RunningAction {
  const definition = readActionDefinition(name)
  const step = { name, options, directory: makeStepDirectory(stepName(name)) }
  return startStepPhase(step, 'main', definition.main, definition)
}

/** Runs the post of a step, as a runner does after failure and cancel too. */
export function runPost(main: ActionResult): Promise<ActionResult> {
  const definition = readActionDefinition(main.step.name)
  if (definition.post === undefined) throw new Error(`${main.step.name} has no post`)
  const states = Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value])
  return startStepPhase(main.step, 'post', definition.post, definition, Object.fromEntries(states))
    .result
}

function stepName(name: string): string {
  return name.split('/').at(-1) ?? name
}
