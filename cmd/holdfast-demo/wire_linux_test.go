package main

import "testing"

func TestNamespacesNameTheirRun(t *testing.T) {
	if got := owner(namespace(4711, "ada")); got != 4711 {
		t.Errorf("owner of %q is %d", namespace(4711, "ada"), got)
	}
	for _, other := range []string{"", "ada", "holdfast-demo-", "holdfast-demo-ada", "holdfast-demo-12", "holdfast-demo--1-ada", "holdfast-demo-0-ada", "holdfast-demo-1x-ada"} {
		if got := owner(other); got != 0 {
			t.Errorf("%q is taken for one of run %d", other, got)
		}
	}
}
