/**
 * Keeps cosign from speaking HTTP without TLS: a proxy that nobody can be, since port 0 is no server's. Go asks it
 * for every http:// address but those of loopback. Without it cosign tries http beside https at what it takes for a
 * local registry, password and all (docs/decisions/0127-no-plain-http-in-cosign.md).
 */
export const noPlainHttp = { HTTP_PROXY: 'http://127.0.0.1:0' } as const

// The second half of the error of a registry that cosign tried both ways; the cause is the first.
const blocked = /; Get "http:\/\/[^"]*": proxyconnect tcp: dial tcp 127\.0\.0\.1:0: [^;\n]*/g

/** What cosign said, without the attempt that was kept from it. */
export function withoutBlockedAttempt(said: string): string {
  return said.replaceAll(blocked, '')
}
