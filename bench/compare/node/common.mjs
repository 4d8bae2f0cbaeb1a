// What every system measured in Node.js shares: its arguments, the entries, and
// the lines it says on its output (see ../../child.go).
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [role, dir, peer, want, file] = process.argv.slice(-5)
export { role, dir, peer }
export const count = Number(want)

export const say = (word, value) => process.stdout.write(`${word} ${value}\n`)

// entries are the common work, as objects.
export const entries = () => readFileSync(file, 'utf8').split('\n').slice(0, count).map(line => JSON.parse(line))

// clock is the monotonic one, in nanoseconds: all processes of a machine share it.
const clock = () => process.hrtime.bigint()

// watched reports how many entries are there: when all of the common work is,
// and how old each live one is then.
export function watched(length, at) {
  let seen = 0
  return () => {
    const n = length()
    if (seen < count && n >= count) {
      seen = count
      say('caught', `${Date.now()}000000`)
    }
    for (; seen >= count && seen < n; seen++) say('live', clock() - BigInt(at(seen).text.trim()))
  }
}

// commands writes live entries 5 ms apart, as often as is asked for, and ends the
// process with its input.
export function commands(write) {
  createInterface({ input: process.stdin })
    .on('line', line => {
      let left = Number(line.split(' ')[1])
      const timer = setInterval(() => {
        if (left-- === 0) return clearInterval(timer)
        write({ at: new Date().toISOString(), text: String(clock()).padEnd(140), kind: 'note' })
      }, 5)
    })
    .on('close', () => process.exit(0))
}
