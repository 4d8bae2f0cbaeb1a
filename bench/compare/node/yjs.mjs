// Yjs over the protocol of y-websocket: what y-websocket's server and client do
// with a document, without its rooms and awareness.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket, WebSocketServer } from 'ws'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'

import { commands, count, entries, peer, role, say, watched } from './common.mjs'

const messageSync = 0
const maxPayload = 2 ** 30 // all of a document comes in one frame

const doc = new Y.Doc()
const list = doc.getArray('entries')
const asMap = process.argv.at(-6) === 'map'
const add = entry => list.push([asMap ? new Y.Map(Object.entries(entry)) : entry])

function attach(ws) {
  const send = fill => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, messageSync)
    fill(encoder)
    if (encoding.length(encoder) > 1) ws.send(encoding.toUint8Array(encoder))
  }
  const forward = (update, origin) => {
    if (origin !== ws) send(encoder => sync.writeUpdate(encoder, update))
  }
  doc.on('update', forward)
  ws.on('close', () => doc.off('update', forward))
  ws.on('message', data => {
    const decoder = decoding.createDecoder(new Uint8Array(data))
    if (decoding.readVarUint(decoder) === messageSync) send(encoder => sync.readSyncMessage(decoder, encoder, doc, ws))
  })
  send(encoder => sync.writeSyncStep1(encoder, doc))
}

if (role === 'write') entries().forEach(add)
else {
  doc.on('update', watched(() => list.length, n => asMap ? { text: list.get(n).get('text') } : list.get(n)))
  const ws = new WebSocket(`ws://${peer}`, { maxPayload })
  ws.on('open', () => attach(ws))
}
commands(add)
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload }, () => say('ready', `127.0.0.1:${server.address().port}`))
server.on('connection', attach)
