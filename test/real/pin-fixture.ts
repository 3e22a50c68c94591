// What most tests of kustomize-pin start from: one image, one overlay that uses it, and a real git server.
import { startGitServer, type TestGitServer, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, expect } from 'vitest'
import type { GiteaServer } from './gitea-server.ts'
import { digestOf, overlayFiles, PinSite, registry } from './pin-site.ts'

export const app = `${registry}/app`

/** The images list of the overlay `dev`, which pins nothing yet. */
export const images = `images:\n- name: ${app}\n`

export const devFiles = overlayFiles('dev', images, [app])

/** The line that pins the app to a digest of one repeated hex digit. */
export function pinOf(digit: string, overlay = 'dev'): string {
  return `${overlay} ${app}@${digestOf(digit)}`
}

/** The log of a pin of the app that must fail and change nothing. */
export async function refusal(site: PinSite, overlay?: string): Promise<string> {
  const tip = site.git('rev-parse', 'main')
  const result = await site.pin([pinOf('a', overlay)])
  expect(result.exitCode, result.log).toBe(1)
  expect(result.outputs).toEqual({})
  expect(site.git('rev-parse', 'main')).toBe(tip)
  return result.log
}

interface GitHost {
  readonly server: TestGitServer
  /** A repository of its own for every call; `devFiles` where no others are given. */
  site(files?: Readonly<Record<string, string>>, name?: string): PinSite
}

/** A git server for as long as the tests of the describe run that calls this. */
export function gitHost(options?: Parameters<typeof startGitServer>[0]): GitHost {
  let server: TestGitServer
  let count = 0
  beforeAll(async () => {
    server = await startGitServer(options)
  })
  afterAll(() => server?.stop())
  return {
    get server() {
      return server
    },
    site: (files = devFiles, name = `gitops-${count++}`) => PinSite.create(server, name, files),
  }
}

/** The inputs that pin the app in a repository of Gitea. */
export function giteaInputs(
  { url, caPath, user, token }: GiteaServer,
  name: string,
  digit = 'a',
): Record<string, string> {
  return {
    repository: `${url}/${user}/${name}.git`,
    'git-ca': caPath,
    username: user,
    token,
    'kustomize-path': toolPath('kustomize'),
    pins: pinOf(digit),
  }
}
