export { AnswerTooLargeError, maxAnswerBytes } from './answer-too-large.ts'
export {
  type CertificateAuthority,
  loadCertificateAuthority,
} from './certificate-authority.ts'
export {
  type ClientCertificate,
  loadOptionalClientCertificate,
} from './client-certificate.ts'
export {
  HttpsClient,
  type HttpsClientOptions,
  type HttpsRequest,
  type HttpsResponse,
} from './https-client.ts'
export { type RetryOptions, retry } from './retry.ts'
export { retryAfterMs } from './retry-after.ts'
