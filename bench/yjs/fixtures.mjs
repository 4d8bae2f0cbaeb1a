// Random histories of a text written by two to five people with Yjs, as
// fixtures for model/crdt: what each did, and the text Yjs ends with. Every
// character is used once, and a step names the characters it is about, so that
// a history can be replayed where ties are ordered in another way.
import * as Y from 'yjs'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

let seed = 1
const random = n => { // mulberry32
  seed = (seed + 0x6D2B79F5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}

const sync = (from, to) => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))

const history = () => {
  const docs = Array.from({ length: 2 + random(4) }, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = i + 1
    return doc
  })
  const text = i => docs[i].getText('t')
  const steps = []
  let next = 0x4E00
  const fresh = () => String.fromCharCode(next++)
  const insert = (by, after, chars) => {
    text(by).insert(after < 0 ? 0 : after + 1, chars)
    return chars
  }
  for (let n = 20 + random(40); n > 0; n--) {
    const by = random(docs.length), now = text(by).toString()
    switch (random(6)) {
      case 0: { // two meet
        const from = random(docs.length)
        sync(docs[from], docs[by])
        steps.push({ by, from })
        break
      }
      case 1: { // a stretch is deleted
        if (now === '') break
        const at = random(now.length), count = 1 + random(Math.min(6, now.length - at))
        text(by).delete(at, count)
        steps.push({ by, del: now.slice(at, at + count) })
        break
      }
      default: { // a run is pasted, typed, or typed from right to left
        const at = random(now.length + 1) - 1, after = at < 0 ? '' : now[at]
        const how = ['paste', 'type', 'back'][random(3)]
        let run = ''
        for (let i = 1 + random(5); i > 0; i--) run = how === 'back' ? fresh() + run : run + fresh()
        if (how === 'paste') insert(by, at, run)
        if (how === 'type') [...run].forEach((c, i) => insert(by, at + i, c))
        if (how === 'back') [...run].reverse().forEach(c => insert(by, at, c))
        steps.push({ by, after, how, run })
      }
    }
  }
  for (let i = 0; i < 2; i++) docs.forEach(a => docs.forEach(b => sync(a, b)))
  return { peers: docs.length, steps, end: text(0).toString() }
}

const list = Array.from({ length: 400 }, history)
writeFileSync(process.argv[2], gzipSync(JSON.stringify(list), { level: 9 }))
