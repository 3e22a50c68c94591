// A GitOps repository on a real git server, and the pin action as a runner runs it against it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type ActionOptions,
  type ActionResult,
  runAction,
  type TestGitServer,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'

export const registry = 'registry.internal:5000/dev'

/** A digest of one repeated hex digit. */
export function digestOf(digit: string): string {
  return `sha256:${digit.repeat(64)}`
}

/** Deployments for these images, one container each. */
export function deployments(...images: readonly string[]): string {
  return images
    .map((image, index) =>
      [
        'apiVersion: apps/v1',
        'kind: Deployment',
        `metadata: {name: app-${index}}`,
        'spec:',
        `  selector: {matchLabels: {app: app-${index}}}`,
        '  template:',
        `    metadata: {labels: {app: app-${index}}}`,
        `    spec: {containers: [{name: main, image: '${image}'}]}`,
        '',
      ].join('\n'),
    )
    .join('---\n')
}

/** One overlay that uses these images over a base, its images list written by the caller. */
export function overlayFiles(
  overlay: string,
  images: string,
  containers: readonly string[],
): Record<string, string> {
  return {
    [`${overlay}/kustomization.yaml`]: `# ${overlay}\nresources:\n  - base\n${images}`,
    [`${overlay}/base/kustomization.yaml`]: 'resources: [deployment.yaml]\n',
    [`${overlay}/base/deployment.yaml`]: deployments(...containers),
  }
}

export class PinSite {
  readonly server: TestGitServer
  readonly #name: string
  readonly url: string

  private constructor(server: TestGitServer, name: string, url: string) {
    this.server = server
    this.#name = name
    this.url = url
  }

  static create(
    server: TestGitServer,
    name: string,
    files: Readonly<Record<string, string>>,
  ): PinSite {
    return new PinSite(server, name, server.createRepository(name, files))
  }

  get bare(): string {
    return this.server.bareDirectory(this.#name)
  }

  inputs(
    pins: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Record<string, string> {
    return {
      repository: this.url,
      'git-ca': this.server.caPath,
      token: this.server.token,
      'kustomize-path': toolPath('kustomize'),
      pins: pins.join('\n'),
      ...more,
    }
  }

  pin(
    pins: readonly string[],
    more: Readonly<Record<string, string>> = {},
    options: Omit<ActionOptions, 'inputs'> = {},
  ): Promise<ActionResult> {
    return runAction('kustomize-pin', { ...options, inputs: this.inputs(pins, more) })
  }

  /** A file at the tip of main. */
  read(path: string): string | undefined {
    return this.server.readFile(this.#name, path)
  }

  /** Runs git in the bare repository, as the server's administrator would. */
  git(...args: readonly string[]): string {
    return git(this.bare, args)
  }

  /** Puts a file on main, as another writer would. */
  commit(path: string, text: string, message = 'by hand'): string {
    return this.#commitObject('100644', path, this.#store(text), message)
  }

  /** Puts a symbolic link on main. */
  commitLink(path: string, target: string): void {
    this.#commitObject('120000', path, this.#store(target), 'link')
  }

  /** Puts a submodule on main. */
  commitSubmodule(path: string): void {
    this.#commitObject('160000', path, this.git('rev-parse', 'main'), 'submodule')
  }

  /** Puts a tree on main that holds `dev` and one entry of a name that no git would write. */
  commitEvilEntry(name: string): void {
    const entry = (mode: string, path: string, object: string): Buffer =>
      Buffer.concat([Buffer.from(`${mode} ${path}\0`), Buffer.from(object, 'hex')])
    const dev = this.git('rev-parse', 'main:dev')
    const evil = entry('100644', name, this.#store('evil'))
    const tree = git(
      this.bare,
      ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'],
      {},
      Buffer.concat([evil, entry('40000', 'dev', dev)]),
    )
    const commit = git(this.bare, [...asBot, 'commit-tree', '-p', 'main', '-m', 'evil', tree])
    git(this.bare, ['update-ref', 'refs/heads/main', commit])
  }

  /** Installs a hook of the server. */
  hook(name: string, script: string): void {
    const path = join(this.bare, 'hooks', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  #store(text: string): string {
    return git(this.bare, ['hash-object', '-w', '--stdin'], {}, text)
  }

  #commitObject(mode: string, path: string, object: string, message: string): string {
    const env = { GIT_INDEX_FILE: join(temporaryDirectory('index'), 'index') }
    git(this.bare, ['read-tree', 'main'], env)
    git(this.bare, ['update-index', '--add', '--cacheinfo', `${mode},${object},${path}`], env)
    const tree = git(this.bare, ['write-tree'], env)
    const commit = git(this.bare, [...asBot, 'commit-tree', '-p', 'main', '-m', message, tree])
    git(this.bare, ['update-ref', 'refs/heads/main', commit])
    return commit
  }
}

const asBot = ['-c', 'user.name=hand', '-c', 'user.email=hand@invalid']

/** A source repository with a line of commits and one commit beside it; the names are full. */
export interface SourceCheckout {
  readonly directory: string
  readonly line: readonly string[]
  readonly beside: string
}

export function makeSource(length = 3): SourceCheckout {
  const directory = temporaryDirectory('source')
  git(directory, ['init', '--quiet', '--initial-branch=main', directory])
  const tree = git(directory, ['mktree'])
  const child = (text: string, parent: string | undefined): string => {
    const parents = parent === undefined ? [] : ['-p', parent]
    return git(directory, [...asBot, 'commit-tree', ...parents, '-m', text, tree])
  }
  const line: string[] = []
  for (let index = 0; index < length; index++) line.push(child(`commit ${index}`, line.at(-1)))
  git(directory, ['update-ref', 'refs/heads/main', line.at(-1) ?? ''])
  return { directory, line, beside: child('beside', line[0]) }
}

export function git(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Buffer = '',
): string {
  const clean = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', ...env }
  return execFileSync('git', args, { cwd, env: clean, input, encoding: 'utf8' }).trim()
}
