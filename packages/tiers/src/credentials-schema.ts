import { z } from 'zod'
import { secretName } from './scalars.ts'

/** Two forge secrets by name; never their values. */
export const credentials = z.strictObject({
  username: secretName.describe('Name of the forge secret with the user name.'),
  password: secretName.describe('Name of the forge secret with the password or token.'),
})
