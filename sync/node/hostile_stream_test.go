//go:build hostile

package node_test

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/sync/blob"
	"holdfast/sync/mesh"
)

// chunkFrame is a frame of package blob, written by hand: kind, number, body.
func chunkFrame(kind byte, number uint32, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, number), body...)
}

// stream opens the second connection, without a link or beside one.
func (h *hostile) stream(d *badDevice, linked bool, frames ...[]byte) string {
	if linked {
		link := h.enter(d)
		defer func() {
			_ = link.ws.Close()
			<-link.ended
		}()
		_ = link.ws.WriteMessage(websocket.BinaryMessage, hello(1))
		select {
		case <-link.greeted:
		case <-link.ended:
		}
	}
	conf := d.ClientTLS(nil)
	wd := websocket.Dialer{TLSClientConfig: conf, Subprotocols: []string{mesh.StreamSubprotocol}, HandshakeTimeout: 10 * time.Second}
	ws, _, err := wd.Dial("wss://"+h.addr+mesh.StreamPath, nil)
	if err != nil {
		return err.Error()
	}
	defer ws.Close()
	state := ws.NetConn().(*tls.Conn).ConnectionState()
	material, err := state.ExportKeyingMaterial("EXPORTER-holdfast-room-v1", nil, 32)
	if err != nil {
		return err.Error()
	}
	_ = ws.WriteMessage(websocket.BinaryMessage, knock(proof(h.mallory.room, "holdfast knock 1", material), d.cert))
	_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, _, err := ws.ReadMessage(); err != nil {
		return err.Error()
	}
	for _, f := range frames {
		if ws.WriteMessage(websocket.BinaryMessage, f) != nil {
			break
		}
	}
	_, b, err := ws.ReadMessage()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("answer %d %s", b[0], b[5:])
}

// onAStream are attacks on the connection that carries attachments.
var onAStream = []attack{
	{"outsider", "asks for chunks without being a member", notMember, func(h *hostile) string { return h.stream(h.stranger, false) }},
	{"removed", "asks for chunks with its old certificate", notMember, func(h *hostile) string { return h.stream(h.rex, false) }},
	{"member", "opens a stream without a link", "the device is not linked", func(h *hostile) string { return h.stream(h.mallory, false) }},
	{"member", "sends a frame of 100 MiB on a stream", "more than a frame may hold", func(h *hostile) string { return h.stream(h.mallory, true, h.bulk) }},
	{"member", "sends garbage on a stream", "damaged frame", func(h *hostile) string {
		return h.stream(h.mallory, true, []byte("give me everything"))
	}},
	{"member", "asks for chunks without reading them", "asks more at once", func(h *hostile) string {
		all := make([][]byte, 400)
		for i := range all {
			all[i] = chunkFrame(1, uint32(i), make([]byte, blob.ChunkSize))
		}
		return h.stream(h.mallory, true, all...)
	}},
	{"member", "answers what was never asked", "not asked for", func(h *hostile) string {
		return h.stream(h.mallory, true, chunkFrame(4, 1, []byte("a chunk")))
	}},
	{"member", "has this device store its files", "keeps nothing for others", func(h *hostile) string {
		return h.stream(h.mallory, true, chunkFrame(5, 1, h.bulk[:1000]))
	}},
}
