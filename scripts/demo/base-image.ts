import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pushBlob, putManifest, type RegistryAccess, toolPath } from '@tierseal/test-kit'

const directories = ['bin', 'etc', 'home', 'proc', 'dev', 'root', 'tmp', 'var/run', 'var/tmp']

/**
 * Pushes platform/base:1, made of Debian's busybox-static: nothing can be pulled here.
 *
 * @returns its digest
 */
export async function pushBaseImage(registry: RegistryAccess, directory: string): Promise<string> {
  const rootfs = join(directory, 'base')
  writeRootFilesystem(rootfs)
  const archive = `${rootfs}.tar.gz`
  const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0']
  execFileSync('tar', ['-czf', archive, ...fixed, '-C', rootfs, '.'])
  const bytes = readFileSync(archive)
  const path = 'platform/base'
  const oci = 'application/vnd.oci.image'
  const layer = await pushBlob(registry, path, `${oci}.layer.v1.tar+gzip`, bytes)
  const diffId = `sha256:${createHash('sha256').update(gunzipSync(bytes)).digest('hex')}`
  const configuration = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
  }
  const config = await pushBlob(registry, path, `${oci}.config.v1+json`, json(configuration))
  const mediaType = `${oci}.manifest.v1+json`
  const manifest = json({ schemaVersion: 2, mediaType, config, layers: [layer] })
  return putManifest(registry, path, '1', mediaType, manifest)
}

function writeRootFilesystem(rootfs: string): void {
  for (const directory of directories) mkdirSync(join(rootfs, directory), { recursive: true })
  const busybox = toolPath('busybox')
  copyFileSync(busybox, join(rootfs, 'bin/busybox'))
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const applet of applets.filter((name) => name !== 'busybox')) {
    symlinkSync('busybox', join(rootfs, 'bin', applet))
  }
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\n')
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
