import type { HttpsResponse } from './https-client.ts'

/**
 * The pause that a server asks for in its header Retry-After (RFC 9110, 10.2.3), in milliseconds from now:
 * seconds or a date. Undefined where it asks for none, or in no form that the standard knows.
 *
 * @param nowMs as Date.now()
 */
export function retryAfterMs(
  { headers }: Pick<HttpsResponse, 'headers'>,
  nowMs = Date.now(),
): number | undefined {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  // Date.parse alone would take a bare number for a year.
  const date = /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
