import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

/** Lets `git http-backend` answer a request, as a web server does by CGI (RFC 3875). */
export function serveGit(
  repositories: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const child = spawn('git', ['http-backend'], {
    env: environmentFor(repositories, request),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  passAnswer(child.stdout, response)
  child.on('close', () => response.end())
  // A client that was killed takes its half of the request along; the backend would wait for the rest.
  response.on('close', () => child.kill())
}

function environmentFor(repositories: string, request: IncomingMessage): Record<string, string> {
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', 'https://git')
  return {
    PATH: process.env['PATH'] ?? '',
    GIT_PROJECT_ROOT: repositories,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: method,
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    REMOTE_USER: 'bot',
  }
}

// Header lines, an empty line, the body.
function passAnswer(answer: Readable, response: ServerResponse): void {
  let head: Buffer | undefined = Buffer.alloc(0)
  answer.on('data', (chunk: Buffer) => {
    if (head === undefined) return void response.write(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    writeHead(response, head.subarray(0, end).toString())
    response.write(head.subarray(end + 4))
    head = undefined
  })
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status)
}
