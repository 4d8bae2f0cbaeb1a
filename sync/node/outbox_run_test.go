package node_test

import (
	"strings"
	"testing"
)

// TestAnOutboxWithoutAWayOutIsRefused: the answer says what to set.
func TestAnOutboxWithoutAWayOutIsRefused(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	if _, err := r.RunOutbox(t.Context()); err == nil || !strings.Contains(err.Error(), "mail.host") {
		t.Errorf("refused with %v", err)
	}
}
