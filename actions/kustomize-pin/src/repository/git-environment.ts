import { childEnvironment } from '@tierseal/action-kit'
import type { GitRemote } from './remote.ts'

// No file of the user, the system or the repository configures git here: hooks, filters, helpers,
// fsmonitor programs and proxies are all ways to run or reach something that nobody asked for.
const settings = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'core.symlinks': 'false',
  'core.autocrlf': 'false',
  'core.commitGraph': 'false',
  // Else git would be started in the checkout that lends its objects, under its configuration.
  'core.alternateRefsCommand': 'true',
  'credential.helper': '',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.version': '2',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'transfer.credentialsInUrl': 'die',
  'http.followRedirects': 'false',
  'http.proxy': '',
} as const

// A server that trickles is given up after half a minute under 100 bytes a second.
const lowSpeed = { 'http.lowSpeedLimit': '100', 'http.lowSpeedTime': '30' } as const

/** The environment for a git that must not reach any server, not even for an object it lacks. */
export function offlineEnvironment(home: string): Record<string, string> {
  return environment(home, 'none', settings)
}

/** Whether a server that is silent for half a minute is given up, or waited for as long as the step may take. */
export type Patience = 'short' | 'long'

/**
 * The environment for a git that may reach exactly this remote. The token is a header in the environment:
 * argv, URL and configuration files are read by others or left behind.
 */
export function onlineEnvironment(
  home: string,
  remote: GitRemote,
  patience: Patience = 'short',
): Record<string, string> {
  const { url, caPath, token, username } = remote
  const header = token === undefined ? undefined : basicHeader(username, token)
  return environment(home, new URL(url).protocol.slice(0, -1), {
    ...settings,
    ...(patience === 'short' ? lowSpeed : {}),
    ...(caPath === undefined ? {} : { 'http.sslCAInfo': caPath }),
    ...(header === undefined ? {} : { [`http.${url}.extraHeader`]: header }),
  })
}

/** What goes over the wire as the credential, to be masked like the token itself. */
export function basicHeader(username: string, token: string): string {
  return `Authorization: Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`
}

function environment(
  home: string,
  protocols: string,
  configuration: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(configuration)
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ])
  return childEnvironment({
    ...Object.fromEntries(pairs),
    GIT_CONFIG_COUNT: String(entries.length),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_OPTIONAL_LOCKS: '0',
    // An object that is missing is missing; git from 2.39.4 on knows the variable.
    GIT_NO_LAZY_FETCH: '1',
    HOME: home,
    LC_ALL: 'C',
  })
}
