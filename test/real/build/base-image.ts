import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestRegistry, temporaryDirectory, toolPath } from '@tierseal/test-kit'

const applets = [
  'sh',
  'cat',
  'cp',
  'echo',
  'ls',
  'mkdir',
  'rm',
  'sleep',
  'test',
  'touch',
  'wc',
  'wget',
]

/** Runs crane as the registry's account; returns its stdout. */
export function crane(registry: TestRegistry, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(toolPath('crane'), args, {
    encoding: 'utf8',
    env: { SSL_CERT_FILE: registry.caPath, DOCKER_CONFIG: registry.dockerConfigDirectory },
  })
  if (status === 0) return stdout.trim()
  throw new Error(`crane ${args[0]}: ${stderr}`)
}

/** Pushes a base image of a static busybox, and returns its reference; nothing can be pulled here. */
export function pushBaseImage(registry: TestRegistry): string {
  const directory = temporaryDirectory('base')
  const tree = join(directory, 'tree')
  const folders = ['bin', 'etc', 'tmp']
  for (const name of folders) mkdirSync(join(tree, name), { recursive: true })
  copyFileSync(toolPath('busybox'), join(tree, 'bin/busybox'))
  chmodSync(join(tree, 'bin/busybox'), 0o755)
  for (const applet of applets) symlinkSync('busybox', join(tree, 'bin', applet))
  writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(tree, 'etc/group'), 'root:x:0:\n')
  // buildah mounts over these, and leaves empty ones in an image whose base has none.
  for (const name of ['hosts', 'hostname', 'resolv.conf'])
    writeFileSync(join(tree, 'etc', name), '')
  const tar = join(directory, 'base.tar')
  // Without an entry for the root itself, as most images are: it stays as the engine made it.
  const plain = ['--create', '--owner=0', '--group=0', '--file', tar, '--directory', tree]
  run('tar', [...plain, ...folders])
  const reference = `${registry.host}/base/busybox:1`
  crane(registry, ['append', '--new_layer', tar, '--new_tag', reference])
  crane(registry, ['mutate', reference, '--set-platform', 'linux/amd64', '--tag', reference])
  return reference
}

/** Unpacks the whole file tree of an image; returns the folder. */
export function unpackImage(registry: TestRegistry, reference: string): string {
  const directory = temporaryDirectory('image')
  const tree = join(directory, 'tree')
  mkdirSync(tree)
  crane(registry, ['export', reference, join(directory, 'image.tar')])
  run('tar', ['--extract', '--file', join(directory, 'image.tar'), '--directory', tree])
  return tree
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}
