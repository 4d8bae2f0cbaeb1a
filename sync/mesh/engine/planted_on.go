//go:build mutants

package engine

// planted holds the mistake a test put into this engine.
type planted struct{ mutant mutant }

func (p planted) has(m mutant) bool { return p.mutant == m }
