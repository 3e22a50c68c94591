import { expect, test } from 'vitest'
import { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { parseDestination } from '../destination.ts'
import type { KanikoLayout } from '../executors/executor.ts'
import { kanikoArguments } from './arguments.ts'

const layout: KanikoLayout = {
  context: 'dir:///k/context',
  digestFile: '/k/digest',
  caFile: '/k/ca.pem',
  clientCertificateFile: '/k/client.crt',
  clientKeyFile: '/k/client.key',
  secretsDirectory: '/k/secrets',
  ignoredPaths: ['/dev'],
  ownFlags: ['--own'],
}

const request: BuildRequest = {
  context: '/workspace',
  dockerfile: 'Dockerfile',
  destinations: [parseDestination('r.internal:5000/app:1')],
  buildArguments: [],
  labels: [],
  target: undefined,
  platform: undefined,
  secrets: [],
  cacheRepository: undefined,
  reproducible: false,
  mirrors: [],
  extraArguments: [],
  verbosity: 'info',
  access: {
    ca: undefined,
    clientCertificate: undefined,
    hosts: ['r.internal:5000'],
    plainHttp: false,
    skipTlsVerify: false,
    dockerConfig: '{}',
  },
  deadline: new BuildDeadline(1000),
}

const abilities = { fork: 'google', version: '1', flags: new Set<string>() } as const

test('is the whole argv of a plain build', () => {
  expect(kanikoArguments(request, layout, abilities)).toEqual([
    '--context=dir:///k/context',
    '--dockerfile=Dockerfile',
    '--destination=r.internal:5000/app:1',
    '--digest-file=/k/digest',
    '--verbosity=info',
    // A base image without a host is looked for here, never at Docker Hub.
    '--registry-map=index.docker.io=r.internal:5000',
    '--skip-default-registry-fallback',
    '--ignore-path=/dev',
    '--own',
  ])
})

test('is the whole argv of a build with everything', () => {
  const full: BuildRequest = {
    ...request,
    destinations: [...request.destinations, parseDestination('r.internal:5000/app:2')],
    buildArguments: [{ name: 'TEXT', value: 'two words\nand a line' }],
    labels: [{ name: 'a.b', value: '=c' }],
    target: 'final',
    platform: 'linux/arm64',
    secrets: [{ id: 'token', value: Buffer.from('x') }],
    cacheRepository: 'r.internal:5000/cache',
    reproducible: true,
    mirrors: [{ registry: 'docker.io', replacement: 'r.internal:5000/hub' }],
    extraArguments: ['--single-snapshot'],
    access: {
      ...request.access,
      ca: { pem: 'x', path: undefined },
      clientCertificate: { certificatePath: '', keyPath: '', certificatePem: '', keyPem: '' },
      plainHttp: true,
      skipTlsVerify: true,
    },
  }
  const flags = new Set(['--credential-helpers', '--log-format', '--log-timestamp'])
  expect(kanikoArguments(full, layout, { ...abilities, flags })).toEqual([
    '--single-snapshot',
    '--context=dir:///k/context',
    '--dockerfile=Dockerfile',
    '--destination=r.internal:5000/app:1',
    '--destination=r.internal:5000/app:2',
    '--digest-file=/k/digest',
    '--verbosity=info',
    '--log-format=text',
    '--log-timestamp=false',
    '--credential-helpers=',
    '--build-arg=TEXT=two words\nand a line',
    '--label=a.b==c',
    '--target=final',
    '--custom-platform=linux/arm64',
    '--reproducible',
    '--secret=id=token,src=/k/secrets/token',
    '--cache=true',
    '--cache-repo=r.internal:5000/cache',
    '--registry-map=index.docker.io=r.internal:5000/hub',
    '--skip-default-registry-fallback',
    '--registry-certificate=r.internal:5000=/k/ca.pem',
    '--registry-client-cert=r.internal:5000=/k/client.crt,/k/client.key',
    '--insecure-registry=r.internal:5000',
    '--skip-tls-verify-registry=r.internal:5000',
    '--ignore-path=/dev',
    '--own',
  ])
})

test('names the CA that its place brings, whether the runner has one or not', () => {
  expect(kanikoArguments(request, { ...layout, bringsCa: true }, abilities)).toContain(
    '--registry-certificate=r.internal:5000=/k/ca.pem',
  )
})

test('never passes a build argument, label or secret as more than one argument', () => {
  const value = '--no-push --destination=x'
  const hostile = { ...request, buildArguments: [{ name: 'A', value }] }
  const args = kanikoArguments(hostile, layout, abilities)
  expect(args.filter((argument) => argument.includes('no-push'))).toEqual([
    `--build-arg=A=${value}`,
  ])
})
