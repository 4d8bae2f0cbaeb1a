package main

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestScenesAreDrawnInEveryForm(t *testing.T) {
	t.Setenv("LANG", "en_US.UTF-8")
	dir := t.TempDir()
	if err := run(dir, "fresh"); err != nil {
		t.Fatal(err)
	}
	for _, f := range forms() {
		file, err := os.Open(filepath.Join(dir, "incident-fresh-"+f.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.DecodeConfig(file)
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || picture.Width != int(f.size.Width) || picture.Height != int(f.size.Height) {
			t.Errorf("%s is %d x %d: %v", f.name, picture.Width, picture.Height, err)
		}
	}
}

func TestSceneNamesAreTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, sc := range scenes() {
		if seen[sc.name] {
			t.Errorf("two scenes are called %s", sc.name)
		}
		seen[sc.name] = true
	}
}
