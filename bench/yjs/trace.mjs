// The history of bench's paper with Yjs: written key by key, and taken key by
// key as another device sent it.
import * as Y from 'yjs'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(process.argv[2])))
// Time on a processor, so that what else the machine does counts less.
const now = () => process.cpuUsage().user / 1000
const ms = from => (now() - from).toFixed(0)

for (let round = 0; round < 3; round++) {
  const doc = new Y.Doc(), text = doc.getText('t'), updates = []
  let start = now()
  for (const { patches } of txns) {
    for (const [at, deleted, inserted] of patches) {
      if (deleted) text.delete(at, deleted)
      if (inserted) text.insert(at, inserted)
    }
  }
  console.log(`local ${ms(start)} ms, right ${text.toString() === endContent}`)
  const sender = new Y.Doc(), from = sender.getText('t')
  sender.on('update', u => updates.push(u))
  for (const { patches } of txns) {
    for (const [at, deleted, inserted] of patches) {
      if (deleted) from.delete(at, deleted)
      if (inserted) from.insert(at, inserted)
    }
  }
  const far = new Y.Doc()
  start = now()
  for (const u of updates) Y.applyUpdate(far, u)
  const bytes = updates.reduce((n, u) => n + u.length, 0)
  console.log(`remote ${ms(start)} ms, ${(bytes / updates.length).toFixed(1)} bytes a key, right ${far.getText('t').toString() === endContent}`)
  const all = Y.encodeStateAsUpdate(doc)
  start = now()
  const opened = new Y.Doc()
  Y.applyUpdate(opened, all)
  opened.getText('t').toString()
  console.log(`open ${ms(start)} ms, ${all.length} bytes`)
  if (globalThis.gc) {
    updates.length = 0
    gc()
    const before = process.memoryUsage().heapUsed
    const kept = new Y.Doc()
    Y.applyUpdate(kept, all)
    gc()
    console.log(`heap ${process.memoryUsage().heapUsed - before} bytes ${kept.getText('t').length}`)
  }
}
