import { oneAtATime } from '../tools/one-at-a-time.ts'

// Set for the programs that the holder starts: what they do to the lab is the holder's doing.
const held = 'TIERSEAL_LAB_HELD'

/**
 * Does the work while no other process of this machine brings the lab up, uses it or takes it down; there is one lab per
 * machine, whichever checkout it came from. Who died holds nothing. A lab that is just up, with nobody at work, is nobody's.
 *
 * @param onWait told once, with the pid of who has it, before it is waited for
 */
export async function holdLab<T>(
  work: () => Promise<T>,
  onWait: (holder: number | undefined) => void,
): Promise<T> {
  if (process.env[held] !== undefined) return work()
  return oneAtATime(
    'lab',
    async () => {
      process.env[held] = String(process.pid)
      try {
        return await work()
      } finally {
        delete process.env[held]
      }
    },
    onWait,
  )
}
