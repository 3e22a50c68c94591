import { proxyOfNobody } from '@tierseal/action-kit'

/**
 * Keeps cosign from speaking HTTP without TLS, but on loopback. By itself it tries http beside https at what it takes
 * for a local registry, password and all (docs/decisions/0127-no-plain-http-in-cosign.md).
 */
export const noPlainHttp = { HTTP_PROXY: proxyOfNobody } as const

// The second half of the error of a registry that cosign tried both ways; the cause is the first.
const blocked = /; Get "http:\/\/[^"]*": proxyconnect tcp: dial tcp 127\.0\.0\.1:0: [^;\n]*/g

/** What cosign said, without the attempt that was kept from it. */
export function withoutBlockedAttempt(said: string): string {
  return said.replaceAll(blocked, '')
}
