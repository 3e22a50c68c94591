import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { certificateFiles } from '../certificates.ts'
import { command } from '../command.ts'
import { hostOf, labPath } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { writeState } from '../state.ts'
import { pauseImage } from './containerd.ts'
import { dockerConfigDirectory } from './registry.ts'

/** A shell and its commands: what the lab's services are built from. */
export const baseImage = `${hostOf('registry')}/platform/base:1`

/** The images that a site has before its first build, made of Debian's static busybox. */
export const images: Part = {
  name: 'images',
  after: ['registry'],
  async start(state) {
    if (state.done['images'] !== undefined) return
    await crane(['append', '--new_layer', await busyboxLayer(), '--new_tag', baseImage])
    const path = ['--env', 'PATH=/bin', '--user', '65532:65532']
    const digest = await crane([
      'mutate',
      baseImage,
      ...path,
      '--cmd',
      '/bin/sh',
      '--tag',
      baseImage,
    ])
    const sleep = ['--entrypoint', '/bin/busybox,sleep,2147483647']
    await crane(['mutate', baseImage, ...sleep, '--tag', pauseImage])
    state.done['images'] = digest.trim()
    writeState(state)
  },
  ready: async (state) => state.done['images'] !== undefined,
}

/** crane with the builder's account, in the lab's registry. */
export function crane(args: readonly string[]): Promise<string> {
  return command(program('crane'), args, {
    env: { DOCKER_CONFIG: dockerConfigDirectory, SSL_CERT_FILE: certificateFiles.siteCa },
  })
}

async function busyboxLayer(): Promise<string> {
  const root = labPath('busybox')
  const layer = labPath('busybox.tar')
  if (existsSync(layer)) return layer
  // What an `up` that was cut off has left is made anew.
  rmSync(root, { recursive: true, force: true })
  for (const directory of ['bin', 'etc', 'tmp', 'dev', 'proc']) {
    mkdirSync(`${root}/${directory}`, { recursive: true })
  }
  writeFileSync(
    `${root}/etc/passwd`,
    'root:x:0:0:root:/root:/bin/sh\napp:x:65532:65532:app:/:/bin/sh\n',
  )
  writeFileSync(`${root}/etc/group`, 'root:x:0:\napp:x:65532:\n')
  copyFileSync(program('busybox'), `${root}/bin/busybox`)
  const applets = (await command(`${root}/bin/busybox`, ['--list'])).trim().split('\n')
  for (const applet of applets) {
    if (applet !== 'busybox') symlinkSync('busybox', `${root}/bin/${applet}`)
  }
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  await command('tar', [...reproducible, '-C', root, '-cf', `${layer}.new`, '.'])
  renameSync(`${layer}.new`, layer)
  return layer
}
