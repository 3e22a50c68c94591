// What only a step needs that looks for a program and asks it something; a bundle loads it then.
export { getExecOutput } from '@actions/exec'
export { which } from '@actions/io'
