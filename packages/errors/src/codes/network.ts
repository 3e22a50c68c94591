import type { CodeTable } from '../code-entry.ts'

/** Reaching a server of the site. */
export const networkCodes = {
  CA_INVALID: {
    meaning: 'The CA is neither a readable file nor PEM text that holds certificates.',
    remedy: 'Give a path to a PEM file, or the PEM itself, with every BEGIN/END line.',
  },
  CLIENT_CERTIFICATE_INVALID: {
    meaning: 'The client certificate and key are unreadable or do not belong together.',
    remedy: 'Give both, in PEM, made as a pair.',
  },
  TLS_UNTRUSTED: {
    meaning: 'The server certificate is not signed by a CA that is trusted here.',
    remedy:
      'Give the CA that signed the server certificate; TLS verification is never switched off.',
  },
  TLS_NAME_MISMATCH: {
    meaning: 'The server certificate is for another name.',
    remedy: 'Use the name in the certificate, or issue one with this name as a SAN.',
  },
  TLS_EXPIRED: {
    meaning: 'The server certificate is outside its validity, or the clock here is wrong.',
    remedy: 'Renew the certificate; check the clock of the runner.',
  },
  TLS_CLIENT_CERTIFICATE_REQUIRED: {
    meaning: 'The server asks for a client certificate.',
    remedy: 'Give the client certificate and its key.',
  },
  TLS_CLIENT_CERTIFICATE_REFUSED: {
    meaning: 'The server does not accept the client certificate.',
    remedy: 'Give one that its CA signed, that is valid now and meant for clients.',
  },
  TLS_FAILED: {
    meaning: 'The TLS handshake failed for another reason, which the message quotes.',
    remedy: 'Check that the port speaks TLS and which versions it accepts.',
  },
  HOST_UNKNOWN: {
    meaning: 'The name does not resolve here.',
    remedy: 'Check the spelling and the DNS of the site; nothing here needs a public name.',
  },
  CONNECTION_REFUSED: {
    meaning: 'Nothing listens at this address, or a firewall rejects it.',
    remedy: 'Check that the server runs and that the port is right.',
  },
  CONNECTION_FAILED: {
    meaning: 'The connection broke.',
    remedy: 'Look at the server and at what stands between.',
  },
  ANSWER_TOO_LARGE: {
    meaning: 'The server answered with more than anything that is asked for can have.',
    remedy: 'Look at what is stored at this address; a manifest has 4 MiB at the most.',
  },
  DEADLINE_EXCEEDED: {
    meaning: 'The server did not answer within the deadline, or within what was left of it.',
    remedy:
      'A firewall that drops packets looks like this; check the route, then the server. Where the message says that time was left over, look at what took it, or raise timeout-seconds.',
  },
  REDIRECT_REFUSED: {
    meaning: 'The server answered with a redirect, which is never followed with credentials.',
    remedy: 'Use the address that it redirects to, after checking that it is one of the site.',
  },
} as const satisfies CodeTable
