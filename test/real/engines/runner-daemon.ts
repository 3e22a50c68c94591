import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { gatherOutput, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import type { GiteaServer } from '../gitea-server.ts'

/** A runner that a Gitea gives its jobs to: the engine of act_runner behind the runner protocol. */
export interface RunnerDaemon extends AsyncDisposable {
  /** What it has shown of all jobs so far, masks applied. */
  log(): string
}

/** Registers a runner for one label and lets it wait for jobs, each in host mode. */
export async function startRunnerDaemon(gitea: GiteaServer, label: string): Promise<RunnerDaemon> {
  const { body } = await gitea.api('POST', '/admin/actions/runners/registration-token')
  const token = /"token":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? ''
  const directory = temporaryDirectory('runner')
  const args = [`-instance=${gitea.url}`, `-labels=${label}`, `-workdir=${join(directory, 'work')}`]
  const child = spawn(toolPath('runner-engine'), args, {
    env: {
      RUNNER_REGISTRATION_TOKEN: token,
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: directory,
      // What a runner image has in its system store.
      SSL_CERT_FILE: gitea.caPath,
      GIT_SSL_CAINFO: gitea.caPath,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = gatherOutput(child)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await output.waitFor('waiting for tasks', ended)
  return {
    log: () => output.log,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
