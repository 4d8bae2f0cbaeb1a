package mesh

import (
	"strings"
	"testing"

	"holdfast/model"
)

// TestTooMuchIsNotAskedFor: a peer would end the link over it.
func TestTooMuchIsNotAskedFor(t *testing.T) {
	n := newNode(t)
	for upto, refused := range map[uint64]bool{10 + MaxProve: false, 11 + MaxProve: true} {
		_, err := n.mesh.Prove(t.Context(), model.DeviceKey{9}, model.FeedID{1}, 10, upto)
		if err == nil || strings.Contains(err.Error(), "at once") != refused {
			t.Errorf("up to %d: %v", upto, err)
		}
	}
}
