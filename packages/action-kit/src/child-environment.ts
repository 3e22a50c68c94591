// What every program may see. Anything else could configure it behind our back: COSIGN_<FLAG>, KANIKO_*,
// GIT_*, KUSTOMIZE_* and the runner's own tokens are all read from the environment by some tool.
const allowed = ['PATH', 'HOME', 'USER', 'TMPDIR', 'SYSTEMROOT'] as const

/** The environment for a child: a short allow-list, and what the caller adds by name. */
export function childEnvironment(
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const base = allowed.map((name) => [name, process.env[name]] as const)
  const fixed = [
    ['LC_ALL', 'C.UTF-8'] as const,
    ['NO_COLOR', '1'] as const,
    ['TERM', 'dumb'] as const,
  ]
  const entries = [...base, ...fixed, ...Object.entries(extra)]
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/**
 * For a program of Go that holds little and ends within a second: without it the collector runs again and again while the
 * program starts, since the heap begins at 4 MB (docs/decisions/0113-rarer-collections-in-cosign.md).
 */
export const rareCollections = { GOGC: '400' } as const

/**
 * A proxy that nobody can be, since no server listens at port 0 (docs/decisions/0127-no-plain-http-in-cosign.md). A program
 * of Go with it as HTTP_PROXY is refused every http:// address at once, but those of loopback and of NO_PROXY. What it says
 * then, `proxyconnect tcp: dial tcp 127.0.0.1:0: connect: connection refused`, packages/diagnosis knows.
 */
export const proxyOfNobody = 'http://127.0.0.1:0'
