import type { ActionDefinition } from './action-definition.ts'
import type { StepDirectory } from './step-directory.ts'

/** What every runner sets for a step, on a Gitea site. */
export function runnerEnvironment(
  directory: StepDirectory,
  workspace: string,
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory.home,
    RUNNER_TEMP: directory.temp,
    TMPDIR: directory.temp,
    RUNNER_OS: 'linux',
    RUNNER_ARCH: 'amd64',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITEA_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'platform/payments',
    GITHUB_REF: 'refs/heads/develop',
    GITHUB_SHA: '4f1c2d3e4f5061728394a5b6c7d8e9f001122334',
    GITHUB_RUN_ID: '17',
    GITHUB_RUN_NUMBER: '17',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTOR: 'dev',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_WORKFLOW: 'deploy-dev',
    GITHUB_SERVER_URL: 'https://git.internal',
    GITHUB_API_URL: 'https://git.internal/api/v1',
  }
}

/**
 * The inputs as a runner gives them: defaults come from action.yml alone, a name keeps its hyphens, and
 * spaces become underscores.
 *
 * @throws Error for an input that action.yml does not name
 */
export function inputEnvironment(
  { defaults, directory }: ActionDefinition,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(defaults, name)) throw new Error(`${directory} has no input ${name}`)
  }
  const entries = Object.entries({ ...defaults, ...inputs })
  return Object.fromEntries(
    entries.map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  )
}
