// Package cmd_test holds the tree to its own rules: which way imports point,
// that every package says what it is, and who may start goroutines.
package cmd_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type listed struct {
	ImportPath string
	Dir        string
	Doc        string
	Imports    []string
	Deps       []string
	GoFiles    []string
}

// packages lists what `go list` finds, as the tests are built: without cgo.
func packages(t *testing.T, patterns ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-tags", "migrated_fynedo", "-json=ImportPath,Dir,Doc,Imports,Deps,GoFiles"}, patterns...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// layer is how far up a folder stands; imports point down.
func layer(path string) int {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, "holdfast/"), "/")
	for i, name := range []string{"assets", "model", "sync", "ui", "cmd"} {
		if top == name {
			return i
		}
	}
	return -1
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t, "./assets/...", "./model/...", "./sync/...", "./ui/...") {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "holdfast/") && layer(imported) > layer(p.ImportPath) {
				t.Errorf("%s imports %s, which stands above it", p.ImportPath, imported)
			}
		}
	}
}

func TestNothingBelowTheDesktopNeedsAToolkit(t *testing.T) {
	for _, p := range packages(t, "./assets/...", "./model/...", "./sync/...", "./cmd/holdfastctl") {
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "fyne.io/") {
				t.Errorf("%s reaches %s: the headless peer must build without it", p.ImportPath, dep)
				break
			}
		}
	}
	for _, p := range packages(t, "./ui/...") {
		for _, dep := range p.Deps {
			if dep == "fyne.io/fyne/v2/app" {
				t.Errorf("%s reaches %s: its tests would need cgo and a display", p.ImportPath, dep)
			}
		}
	}
}

func TestModelIsPure(t *testing.T) {
	for _, p := range packages(t, "./model/...") {
		for _, imported := range p.Imports {
			switch imported {
			case "os", "net", "net/http", "os/exec", "io/fs", "syscall", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand":
				t.Errorf("%s imports %s: the model has no clock, disk, network or chance", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t, "./...") {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestOnlyTheBridgeStartsGoroutinesInUI(t *testing.T) {
	eachFile(t, "../ui", func(path string, file *ast.File, set *token.FileSet) {
		if strings.Contains(filepath.ToSlash(path), "/ui/bridge/") || strings.HasSuffix(path, "_test.go") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine that nothing joins; use the bridge", set.Position(g.Pos()))
			}
			return true
		})
	})
}

func TestModelReadsNoClock(t *testing.T) {
	eachFile(t, "../model", func(path string, file *ast.File, set *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && (sel.Sel.Name == "Now" || sel.Sel.Name == "Since") {
					t.Errorf("%s reads the clock; the caller passes now", set.Position(sel.Pos()))
				}
			}
			return true
		})
	})
}

// eachFile parses every Go file below a folder.
func eachFile(t *testing.T, root string, fn func(string, *ast.File, *token.FileSet)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		fn(path, file, set)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
