import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, absolute. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)))
