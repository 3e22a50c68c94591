import { formatEnvironment, type VerifyRequest, verifyArguments } from './arguments.ts'

export type CommandRequest = Omit<VerifyRequest, 'publicKey' | 'timeoutMs' | 'trustedRootPath'> & {
  readonly publicKeyPem: string
}

/**
 * One line for a POSIX shell that verifies an image anywhere cosign of this major version and the
 * registry's credentials are: the public key travels in it, in a variable.
 */
export function verifyCommand({ publicKeyPem, ...request }: CommandRequest): string {
  const args = verifyArguments({
    ...request,
    publicKey: 'env://TIER_PUBLIC_KEY',
    trustedRootPath: 'trusted-root.json',
    timeoutMs: undefined,
  })
  const key = Buffer.from(publicKeyPem).toString('base64')
  const environment = Object.entries(formatEnvironment(request.format))
  return [
    ...(request.version.major === 2 ? [`${writeTrustedRoot} &&`] : []),
    ...environment.map(([name, value]) => `${name}=${value}`),
    `TIER_PUBLIC_KEY="$(echo ${key} | base64 -d)"`,
    'cosign',
    ...args.map(quote),
  ].join(' ')
}

// cosign 2 takes no verification to its end without one; only an empty one keeps it off the network.
const writeTrustedRoot = `echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' > trusted-root.json`

function quote(argument: string): string {
  if (/^[A-Za-z0-9@:/.,_=+-]+$/.test(argument)) return argument
  return `'${argument.replaceAll("'", `'\\''`)}'`
}
