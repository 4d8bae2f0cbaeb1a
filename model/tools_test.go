package model

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatTakesThePlaceOfATool(t *testing.T) {
	for _, c := range []struct {
		name  string
		tools map[string]string
		want  []string
	}{
		{"all is well", map[string]string{"chat": "up", "video": "up"}, []string{}},
		{"shaky is no reason to leave", map[string]string{"video": "shaky"}, []string{}},
		{"nobody knows", map[string]string{"video": "unknown"}, []string{}},
		{"the call", map[string]string{"video": "down"}, []string{"Voice: bridge of another carrier (+44 20 7946 0000)"}},
		{"call and telephone", map[string]string{"video": "down", "phone": "down"}, []string{"Voice: bridge of another carrier (+44 20 7946 0000)"}},
		{"the telephone", map[string]string{"phone": "down"}, []string{"Voice: messenger call over another carrier"}},
		{"chat by its name", map[string]string{"Chat": "DOWN"}, []string{"Text: second messenger on private phones"}},
		{"mail and telephone", map[string]string{"mail": "down", "phone": "down"}, []string{"Text: second messenger on private phones", "Voice: messenger call over another carrier"}},
		{"paging", map[string]string{"paging": "down", "phone": "down"}, []string{"Voice: messenger call over another carrier", "Paging: SMS to both carriers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			p.do(SetRoom{Field: RoomBridge, Value: "+44 20 7946 0000"})
			p.do(SetRoom{Field: RoomMeeting, Value: "canteen"})
			inc := p.incident(p.do(Declare{Title: "x"}).ID)
			done := p.do(SetTools{Incident: inc.Code, Tools: c.tools})
			if got := p.state.Fallbacks(inc); !slices.Equal(got, c.want) || done.Note != strings.Join(c.want, " · ") {
				t.Errorf("got %q and the note %q, want %q", got, done.Note, c.want)
			}
		})
	}
}

func TestTheRoomSaysWhereToMeet(t *testing.T) {
	p := founded(t).peers[0]
	p.do(SetRoom{Field: RoomMeeting, Value: "canteen"})
	p.do(SetPolicy{Section: "tools", Text: `[{"id":"video","name":"Video","for":"voice","fallback":["phone tree","meeting point"]},{"id":"phone","name":"Phone","for":"voice","fallback":["phone tree"]}]`})
	inc := p.incident(p.do(Declare{Title: "x"}).ID)
	p.do(SetTools{Incident: inc.Code, Tools: map[string]string{"video": "down", "phone": "down"}})
	if got := p.state.Fallback(inc, "voice"); got != "meeting point (canteen)" {
		t.Errorf("voice goes over %q: the phone tree needs the telephone", got)
	}
	p.do(SetTools{Incident: inc.Code, Tools: map[string]string{"video": "up"}})
	if got := p.state.Fallback(inc, "voice"); !strings.Contains(got, "nothing is left") {
		t.Errorf("voice goes over %q", got)
	}
	if got := p.state.Fallback(inc, "text"); got != "" {
		t.Errorf("text goes over %q", got)
	}
}

func TestWhoTestedATool(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.do(Declare{Title: "x"}).ID
	w.meet()
	if a.incident(inc).ToolsAnswered() {
		t.Error("nobody said anything yet")
	}
	a.do(SetTools{Incident: inc.String(), Tools: map[string]string{"vpn": "up"}})
	b.do(SetTools{Incident: inc.String(), Tools: map[string]string{"vpn": "down", "chat": "down"}})
	w.meet()
	for _, v := range a.state.Response(a.incident(inc)).Tools {
		switch {
		case v.ID == "vpn" && (v.State != ToolDown || v.Next != "out-of-band console"): // said apart: the worse counts
			t.Errorf("the VPN is %+v", v)
		case v.ID == "chat" && (v.State != ToolDown || v.By != "Ben Okafor" || v.At.IsZero()):
			t.Errorf("chat is %+v", v)
		case v.ID == "dns" && (v.State != ToolUnknown || v.By != ""):
			t.Errorf("DNS is %+v", v)
		}
	}
	for want, tools := range map[string]map[string]string{
		"no tool was named": nil, `tool "fax" is not known; the policy has: chat, video`: {"fax": "down"},
		`the state of chat "broken" is not known; it is one of: up, shaky, down, unknown`: {"chat": "broken"},
		"chat is said to be": {"chat": "up", "CHAT": "down"},
	} {
		if _, err := a.try(SetTools{Incident: inc.String(), Tools: tools}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// TestAMessageSaysWhyTheTeamIsReachedElsewhere: what takes the place of a tool is
// not read as the name of a room, whatever stands before it.
func TestAMessageSaysWhyTheTeamIsReachedElsewhere(t *testing.T) {
	const voice, writing = "+44 20 7946 0000", "#payments"
	for _, c := range []struct {
		name           string
		tools          map[string]string
		voice, writing string // empty where the message asks for it
	}{
		{"all is well", map[string]string{"chat": "up"}, voice, writing},
		{"the chat", map[string]string{"chat": "down"}, voice, "second messenger on private phones, because Chat is down"},
		{"the mail leaves the chat", map[string]string{"mail": "down"}, voice, writing},
		{"all that speaks", map[string]string{"video": "down", "phone": "down"}, "bridge of another carrier (" + voice + "), because Video call and Phone are down", writing},
		{"nothing is left", map[string]string{"fax": "down"}, "", writing},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, inc := composing(t)
			p.do(SetPolicy{Section: "tools", Text: `[{"id":"chat","name":"Chat","for":"text","fallback":["second messenger on private phones"]},
				{"id":"video","name":"Video call","for":"voice","fallback":["bridge of another carrier"]},{"id":"mail","name":"E-mail","for":"text","fallback":["paper"]},
				{"id":"phone","name":"Phone","for":"voice","fallback":["meeting point"]},{"id":"fax","name":"Fax","for":"voice","fallback":["fax"]}]`})
			p.do(SetRoom{Field: RoomBridge, Value: voice})
			p.do(SetRoom{Field: "room.channel", Value: writing})
			p.do(SetTools{Incident: inc.Code, Tools: c.tools})
			draft, missing, _ := Compose(p.state, inc, "Room {{channel}}, bridge {{bridge}}.", ComposeOptions{Now: testNow})
			want := "Room " + c.writing + ", bridge " + either(c.voice, "{{bridge}}") + "."
			if draft.Body != want || len(missing) > 0 != (c.voice == "") {
				t.Errorf("the message is %q and asks for %q, want %q", draft.Body, missing, want)
			}
			ben, _ := p.state.FindPerson("Ben")
			script := p.state.callScript(p.state.Policy(), inc, p.state.People[ben])
			if says := strings.Contains(script, "Please join the call: "+c.voice+"."); says == (c.voice == "") {
				t.Errorf("who is called hears %q", script)
			}
		})
	}
}
