import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says when it cannot reach or trust the registry. */
export const connectionDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /x509: certificate signed by unknown authority/,
    code: 'TLS_UNTRUSTED',
    cause:
      'No CA given, or another one; cosign says nothing where the file is missing or not a certificate.',
    remedy: 'Give registry-ca: the CA that signed the certificate of the registry.',
  },
  {
    pattern: /x509: certificate is valid for .+, not /,
    code: 'TLS_NAME_MISMATCH',
    cause: 'The certificate of the registry is for another name.',
    remedy: 'Use the name in the certificate, or issue one with this name as a SAN.',
  },
  {
    pattern: /certificate relies on legacy Common Name field/,
    code: 'TLS_NAME_MISMATCH',
    cause: 'The certificate of the registry has no SAN, only a Common Name.',
    remedy: 'Issue it again with the name as a SAN.',
  },
  {
    pattern: /certificate has expired or is not yet valid/,
    code: 'TLS_EXPIRED',
    cause:
      'The certificate of the registry is outside its validity, or the clock of the runner is wrong.',
    remedy: 'Compare the time in the message with the real one; renew the certificate.',
  },
  {
    pattern: /tls: certificate required|tls: bad certificate/,
    code: 'TLS_CLIENT_CERTIFICATE_REQUIRED',
    cause: 'The registry asks for a client certificate.',
    remedy: 'Give registry-client-certificate and registry-client-key.',
  },
  {
    pattern: /http: server gave HTTP response to HTTPS client/,
    code: 'TLS_FAILED',
    cause: 'The registry speaks HTTP without TLS.',
    remedy: 'Give it a certificate, or ask for plain HTTP by name: plain-http: true.',
  },
  {
    // The proxy by which cosign-sign keeps it from speaking HTTP.
    pattern: /proxyconnect tcp: dial tcp 127\.0\.0\.1:0:/,
    code: 'REGISTRY_PROTOCOL',
    cause: 'The registry sends cosign on to an address without TLS.',
    remedy: 'Give the token server or storage behind it a certificate, and name it by https://.',
  },
  {
    pattern: /proxyconnect tcp/,
    code: 'CONNECTION_FAILED',
    cause: 'The proxy in the environment does not answer.',
    remedy: 'Take the registry out of the proxy (NO_PROXY); this action passes no proxy on.',
  },
  {
    pattern: /context deadline exceeded/,
    code: 'DEADLINE_EXCEEDED',
    cause: "cosign's own deadline passed; it counts for all images of one call together.",
    remedy: 'Raise timeout-seconds if the registry was really working.',
  },
  {
    pattern: /connection refused/,
    code: 'CONNECTION_REFUSED',
    cause: 'Nothing listens at this address.',
    remedy: 'Check host and port of the reference.',
  },
  {
    pattern:
      /(?:Get|Head|Post|Put|Patch) "[^"]*": (?:[^\n;]*: )?(?:unexpected )?EOF|connection reset by peer|broken pipe/,
    code: 'CONNECTION_FAILED',
    cause: 'The connection to the registry broke.',
    remedy: 'Look at the registry and at what stands between.',
  },
  {
    pattern: /no such host/,
    code: 'HOST_UNKNOWN',
    cause: 'The name of the registry does not resolve here.',
    remedy: 'Check the spelling, and the DNS of the site.',
  },
  {
    pattern: /i\/o timeout/,
    code: 'DEADLINE_EXCEEDED',
    cause: 'Packets to the server are dropped.',
    remedy: 'Check the route and the firewall.',
  },
]
