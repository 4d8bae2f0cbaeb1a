// Automerge with automerge-repo and its adapters for WebSocket.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import * as Automerge from '@automerge/automerge'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { WebSocketServer } from 'ws'

import { commands, dir, entries, peer, role, say, watched } from './common.mjs'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 2 ** 30 }, () => say('ready', `127.0.0.1:${server.address().port}`))
const repo = new Repo({ network: role === 'write' ? [] : [new WebSocketClientAdapter(`ws://${peer}`)] })
const name = join(dirname(dir), 'document') // which document the others ask for

let handle
if (role === 'write') {
  // One change an entry, as each is written by itself. They are made below the
  // proxies of documents, which take a millisecond or two a change.
  const doc = Automerge.from({ entries: [] })
  const backend = Automerge.getBackend(doc)
  const [, list] = backend.getWithType('_root', 'entries')
  for (const entry of entries()) {
    backend.pushObject(list, entry)
    backend.commit()
  }
  handle = repo.import(backend.save())
  writeFileSync(name, handle.url)
} else {
  handle = await repo.find(readFileSync(name, 'utf8'))
  const look = watched(() => handle.doc()?.entries?.length ?? 0, n => handle.doc().entries[n])
  handle.on('change', look)
  if (handle.isReady()) look()
}
// Only now: the adapter is ready once it has a client, and a repository asks for
// nothing before all its adapters are.
repo.networkSubsystem.addNetworkAdapter(new WebSocketServerAdapter(server))
commands(entry => handle.change(d => { d.entries.push(entry) }))
