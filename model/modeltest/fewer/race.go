//go:build race

package fewer

const race = true
